"""What the window knows, as the engine told it. Pure: no Tk, no clock but the one it is given, no disk but a Reader.

    state          State: takes every event in, notes every command; the only one that changes a room
    room_model     RoomModel: all that is known of one room
    unread         Unread: how far a room is read, and what is unread; the one owner of it
    own_messages   OwnMessages: my messages that are not in the log yet, and how far the others are
    sections       the list of rooms, ready to be drawn
    notifications  which events are worth a notification, and its words
    markup         a text → runs: links, code, mentions
    phrases        states, counts, times and names, in words

An event goes through `State.apply` before any view hears of it; views read all of this and change none of it. Not
here: what was written (views read it from the disk), how anything looks.
"""
