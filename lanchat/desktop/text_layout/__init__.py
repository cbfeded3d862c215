"""Scripts that Tk does not draw as they are written on X11: from right to left, or with letters that join or move.

On Windows and macOS the system shapes what Tk draws, so `shaping.draws` is False there; only the lines are aligned.
"""
