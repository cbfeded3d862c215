"""The right pane: the members of the room in the main pane, and the profile of one of them.

    member_list    which members are listed, and what a profile shows; pure
    people_pane    PeoplePane: the list, or a profile
    profile        Profile: one member, verification, and what a host can do with them

Belongs here: whatever is shown of a member beside the conversation. Does not belong here: whether and where the pane is
shown (panes), how lists scroll and are drawn (widgets/), what is known of members (model/).

panes calls PeoplePane.heard with each Event; one about members of this room redraws the list and the open profile. A
button gives its Command to ViewContext.do. A new fact in the profile: a field of ProfileFacts, and a line in Profile.
"""
