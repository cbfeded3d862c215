"""Emoji: what in a text is one, its picture, and what it is called.

Tk draws them badly where it draws them at all (in one colour, in pieces, or with a crash), so it never gets to see one
of somebody else's. Only what its person types into a field of one line is drawn by Tk.
"""
