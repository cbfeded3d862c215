"""The left pane: the rooms, the ways into others, and me. The Switcher finds any of it by a few letters.

    sidebar     Sidebar: the pane from top to bottom       finding      what a few letters mean
    room_list   RoomList: the rooms                        switcher     Switcher: the palette of Ctrl+K
    lines       what the list says, without Tk             me           MePanel: my nick, my state, the settings
    painting    how a line of the list looks
"""
