"""What the window knows, as the Engine told it. Pure: no Tk, no clock but the one it is given, no disk but a Reader.

    state      State: takes every Event in, and notes every Command
    room       Room: all that is known of one
    mine       how far my own entries are
    recalling  a room as the disk has it, at the start
    unread     what of a room was not read yet
    sections   the list of rooms, ready to be drawn
    mentions   where a text names me
    naming     a few people by name, the rest by their number
    notices    what is worth a notification
    words      states, counts and times, in words

Tk thread. Views read all of it and change none of it.
"""
