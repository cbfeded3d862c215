"""Pictures that others sent: read from files and scaled off the Tk thread, with their limits.

    picture_decoding  one picture from a file or from the preview in an offer: checked, turned by EXIF, scaled
    moving_picture    the frames of an animated GIF or WebP, one after the other
    photo_cache       the scaled pictures that are kept for Tk, up to so many bytes; Tk thread
    picture_tiles     pictures cut to one size, for strips and grids, made in the background; Tk thread
    zoomed_picture    one picture for a viewer: all of it, or a part as large as wanted
    picture_loader    has the pictures that are wanted decoded in the background, the newest wish first

A decoder of pictures is what hostile bytes reach first: only five kinds are read, and nothing is decoded before its
header was found to be of a bearable size. What is drawn by the program itself (icons, emoji, avatars) is in `theme`.
"""
