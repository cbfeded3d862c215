"""Transcript: the widget that shows a Log.

    transcript  the widget: what is in view, what is new, where one was
    pages       which part of the Log is held, and reading more of it
    rows        entries into rows: who said what, under which day; pure
    lines       who came and went, in words; pure
    markup      a text into runs: links, code, mentions; pure
    typeset     a row into lines of text and pictures
    sheet       the tk.Text, and which of its lines are which row
    styles      its tags
    pictures    what stands among the letters: avatars, emoji, ticks, rules
    pointer     hovering, clicking, the menu of a message
    copying     what is selected, as text
    pill        "12 new messages"

Only some hundred rows are ever in the tk.Text, whatever the length of the Log: pages come in at one end and go out at
the other, and nothing in view moves.
"""
