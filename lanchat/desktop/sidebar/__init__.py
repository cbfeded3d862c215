"""The left pane: search, the list of rooms, the buttons for other rooms, and the person's own nick and status.

    sidebar           Sidebar: the pane from top to bottom, with MePanel at the bottom
    room_list         RoomList: the rooms by section, and how each row is drawn
    quick_switcher    Switcher: the palette of Ctrl+K, which finds rooms and people

Belongs here: what leads to a room. Does not belong here: which rooms are in which section (model/sections), and what a
room's menu offers (room_actions). panes calls Sidebar.heard with each Event; all but a few redraw list and nick, which
compare before they draw. A click or Enter calls ViewContext.go(InRoom(…)).
"""
