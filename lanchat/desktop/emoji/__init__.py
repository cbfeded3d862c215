"""Emoji: which parts of a text are one, their pictures, names and categories.

What belongs here: knowledge about emoji. What does not: widgets that show them (`widgets.labels`, `timeline`,
`composer.emoji_picker`).

Tk draws emoji badly (in one colour, in pieces) or crashes (libXft before 2.3.5: BadLength), so it is never given one
that somebody else chose: views split a text with `emoji_data.split_emoji` and show each emoji as its `Theme.emoji`.
Only what a person types into a field of one line is drawn by Tk.
"""
