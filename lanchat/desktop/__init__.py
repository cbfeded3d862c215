"""The window. tkinter and Pillow live here and nowhere else.

    app         opens everything, ends politely         look        colours, fonts, sizes, pictures
    pump        the Engine's events on the Tk thread    emoji       what an emoji is, its picture, its name
    desk        what every view is given                widgets     buttons, fields, scrolling, popovers
    window      the three panes, going from place to    transcript  the widget that shows a Log
                place, building anew                    composer    where one writes
    state       what the window knows; pure, no Tk      sidebar     rooms; people: who is here; conversation: a
                                                                    room in the middle; pages: the rest there
    lists       long lists, names with emoji            system      one door for each operating system

A change of theme, zoom, language or screen builds all views anew on another Look; what outlives that is on the Desk.
"""
