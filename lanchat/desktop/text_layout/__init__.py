"""Text that Tk does not draw as it is written on X11: from right to left, or with letters that join or move.

    bidi           in which order the characters of a line stand (UAX 9); pure
    paragraphs     a paragraph into lines, and the fragments of a line in the order they are seen; pure
    shaping        Shaper: a word as an image, its letters joined and placed by HarfBuzz
    line_renderer  one line on a canvas, with emoji, and an ellipsis where it does not fit
    drawn_words    DrawnWords: one line in a picture that is drawn with Pillow
    font_files     which font of this computer has the letters of a script (fontconfig, or some usual ones)

A text with such letters is cut into fragments by `paragraphs`; those that `Shaper.draws` become images, the others stay
text for Tk. On Windows and macOS the system shapes what Tk draws: there `Shaper.draws` is False, and only lines are
aligned. Not here: markup, and what a widget does with the fragments (`timeline.message_layout`, `widgets.labels`).
"""
