"""The timeline: what was written in a room, in the middle of the window. Not here: what is known of a room (`model`).

    timeline       Timeline, the widget: hears events, draws what has changed, performs actions
    rows           messages, and who came and went → rows, under their days; pure
    message_layout a row → a LaidOutRow (`laid_out_row`): lines of text pieces and images
    message_body   the blocks of a formatted text → lines: paragraphs, lists, quotes, code
    typesetter     words of one look → pieces, in the order in which they are seen
    quotes         the line over a message that answers another one
    message_marks  edited, pinned, seen by whom
    seen_line      under which message stands who has seen it
    reaction_chips the row of reactions under a message
    reaction_picker the emoji picker for them
    message_popovers earlier versions; the question before a message is deleted
    inline_images  the images: avatars, emoji, ticks, rules
    file_layout    where the file of a message stands, and how large it is
    file_cards     the cards and pictures in view; file_painter: how they look; moving_pictures: those that play
    voice_cards    those of voice messages
    text_view      the tk.Text: which of its lines are which row; rows replaced in place, by their key
    text_styles    its tags
    log_pages      reading the log from disk, asking the host for more of it
    loaded_range   the part of the log that is in the Text
    viewport       which part of that is in view: following the end, keys, wheel, scroll bar
    mention_bars   the bar beside what mentions the person
    action_bar     over the message that stands out, what can be done with it
    pointer        what the mouse does: hovering, tips, clicks, menus
    mention_jumps  which message that mentions the person comes next
    away_bar       over it: what came while the person was away, and ways to it
    actions        what a click can do, as values that the pieces carry; the menu of a row
    message_actions does what was clicked, where that leads out of the timeline or changes a message
    read_marker    what is new to the person, and telling the engine what was read

A message comes as an event to `Timeline.heard`. If its place is loaded, `LoadedRange` reads it and makes a row of it,
`MessageLayout` lays that out, `TextView` puts it into the Text. One of mine is a row as soon as it is written; when it
comes back in the log, that row is replaced in place. Scrolling asks `LoadedRange` for the pages around.
"""
