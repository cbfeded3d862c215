"""Transcript: the widget that shows a Log.

    transcript  the widget: what is heard, what is drawn, where one is
    view        what part of it is seen: following the end, keys, wheel, bar
    stretch     the part of the Log that is in the Text
    pages       reading the Log; which part of it is here
    earlier     what is not here, and asking for it
    reading     what is new to the person, and what was seen
    rows        entries into rows: who said what, under which day; pure
    lines       who came and went, in words; pure
    markup      a text into runs: links, code, mentions; pure
    typeset     a row into lines of letters and pictures
    sheet       the tk.Text, and which of its lines are which row
    styles      its tags
    pictures    what stands among the letters: avatars, emoji, ticks, rules
    pointer     hovering, clicking, the menu of a row
    deeds       what can be done with a row
    copying     what is selected, as text
    pill        "12 new messages"

Only some hundred rows are ever in the tk.Text, whatever the length of the Log: pages come in at one end and go out at
the other, and nothing in view moves.
"""
