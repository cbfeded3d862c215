"""The window, one of the two faces; the only package that imports tkinter and Pillow. Almost all runs on the Tk thread.

Belongs here: what people see, hear and do at a screen. Does not belong here: what a room holds or who may do what
(core), what is kept on disk (storage, read through its Reader), and the connections (network), which only engine uses.

    bootstrap       starts and ends it                     composer/      writing a message
    app             opens and closes all parts             timeline/      the messages of a room
    engine_bridge   Commands to the Engine, its Events     sidebar/       the left pane: rooms, own nick
    window          navigation, rebuilding; ViewContext    people/        the right pane: members, profile
    view_context    Places, and what a view is given       pages/         all else the main pane can show
    panes, routes   the three panes; Place -> view         widgets/       buttons, fields, lists, menus
    window_chrome   shortcuts, title, icon, menu bar       emoji/, text_layout/    what Tk cannot draw by itself
    conversation_view   a room or a private thread         theme/         colours, fonts, icons, sizes
    room_header, room_actions, private_thread_view: of it  model/         State: what the window knows; without Tk
    room_requests   `host` and `join` of a start           platform/      the operating system's services
    last_session    what the next start restores           capture/, voice/   screenshots, recordings
    file_actions    what is done with files                pictures/       those of others: decoded, kept
    picture_viewer  over the window; with picture_canvas, picture_strip, room_pictures

An Event goes from an Engine thread through engine_bridge.Pump to App (notifications, sound, title) and Window.heard:
there State applies it before Panes passes it to the views, which redraw through ViewContext.draw_soon. A key press goes
to the focused widget, or through window_chrome.shortcuts to the Window; a view gives a Command to ViewContext.do, State
notes it, and EngineBridge passes it to the Engine. Views read State and the Reader, and never wait for the Engine.

A change of theme, zoom or language builds all views anew; what survives it is in ViewContext and State.
New page: a Place in view_context, a class in pages/, a case in routes. New setting: a field of storage.settings, a
row in pages/settings_page. New platform service: see platform/. New shortcut: window_chrome and pages/help_pages.
"""
