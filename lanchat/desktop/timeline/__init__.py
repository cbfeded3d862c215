"""The timeline: what was written in a room, in the middle of the window. Not here: what is known of a room (`model`).

    timeline       Timeline, the widget: hears events, draws what has changed, performs actions
    rows           messages, and who came and went → rows, under their days; pure
    message_layout a row → lines of text pieces and images
    inline_images  the images: avatars, emoji, ticks, rules
    text_view      the tk.Text: which of its lines are which row; rows replaced in place, by their key
    text_styles    its tags
    loaded_range   the part of the log that is in the Text; reading more of it from disk, asking the host for more
    viewport       which part of that is in view: following the end, keys, wheel, scroll bar
    pointer        what the mouse does: hovering, tips, clicks, menus
    actions        what a click can do, as values that the pieces carry; the menu of a row
    read_marker    what is new to the person, and telling the engine what was read

A message comes as an event to `Timeline.heard`. If its place is loaded, `LoadedRange` reads it and makes a row of it,
`MessageLayout` lays that out, `TextView` puts it into the Text. One of mine is a row as soon as it is written; when it
comes back in the log, that row is replaced in place. Scrolling asks `LoadedRange` for the pages around.
"""
