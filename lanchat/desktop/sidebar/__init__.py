"""The left pane: search, the list of rooms, the buttons for other rooms, and the person's own nick and status.

    sidebar           Sidebar: the pane from top to bottom, with MePanel at the bottom
    room_rows         which rows the list of rooms has, by section, and in which order; pure
    room_list         RoomList: how each is drawn, and what can be done with it
    quick_switcher    Switcher: the palette of Ctrl+K, which finds rooms and people

Belongs here: what leads to a room. Does not belong here: what a room's menu offers (room_actions). panes calls
Sidebar.heard with each Event; all but a few redraw list and nick, which compare before they draw. A click or Enter
calls ViewContext.go(InRoom(…)).
"""
