"""How the window looks: colours, fonts, sizes, icons, avatars, and the cache of pictures drawn with Pillow.

What belongs here: everything that depends on light or dark, the zoom and the resolution of the screen. What does not:
widgets, and how emoji (`emoji`) and lines of text (`text_layout`) are drawn, for which it keeps the pictures.

A Theme is made once and never changes: another palette, zoom or screen means another Theme, on which all views are
built anew. palette: colours by purpose; fonts: Tk fonts by name; icons, avatars: drawn with Pillow; picture_cache:
PhotoImages by key; theme: Theme, which brings these together.
"""
