"""Pictures of the screen, made for a message: taken, drawn on, and given to the composer.

Belongs here: what the person sees and does from the press of the button until the picture is an attachment. Does not
belong here: how this system takes a picture (`platform.screen_capture`), and sending it (composer, engine).

    screenshot      the steps, from the button to the drawing page; lanchat's own window is hidden meanwhile
    region_overlay  the whole screen as a still picture, of which a part is chosen with the mouse
    drawing         a picture with arrows and boxes on it; without Tk
    drawing_page    the page on which they are drawn
"""
