"""What the window knows, as the engine told it. Pure: no Tk, no clock but the one it is given, no disk but a Reader.

    state          State: takes every event in, notes every command; the only one that changes a room
    room_model     RoomModel: all that is known of one room; in it OwnMessages, mine that are not in the log yet
    thread_model   ThreadModel: the same of a private thread
    unread         Unread: how far a room is read, and what is unread; the one owner of it
    notifications  which events are worth a notification, and its words
    markup         the mentions in a formatted text; which texts are folded, or large
    code_colours   the keywords, strings and comments of a line of code
    spell_checker  which words are spelled wrongly
    checked_words  which words of a text are looked up for that; dictionary_languages: what languages are called
    files          the files that messages offer: name, kind, state in words, what can be done
    phrases        states, counts, times and names, in words

An event goes through `State.apply` before any view hears of it; views read all of this and change none of it. Not
here: what was written (views read it from the disk), how anything looks.
"""
