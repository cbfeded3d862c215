"""The right pane: who is in the room, who was, and what there is to know and to do about one of them.

    pane       PeoplePane: the list, or a profile       profile    Profile: one member, and what can be done
    roll       who is in the list; pure                 sheet      Sheet: its parts, one below the other
    facts      what a profile tells; pure
"""
