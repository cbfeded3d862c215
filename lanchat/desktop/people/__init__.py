"""The right pane: the members of the room in the main pane, and the profile of one of them.

    people_pane    PeoplePane: the list of members, or a profile
    profile_view   ProfileView: one member, verification, and what a host can do with them
    own_profile    OwnProfile: what others see of me, to be changed
    avatar_editor  AvatarEditor: the colour and the pattern of my picture

Belongs here: whatever is shown of a member beside the conversation. Does not belong here: whether and where the pane is
shown (panes), how lists scroll and are drawn (widgets/), what is known of members (model/).

panes calls PeoplePane.heard with each Event; one about members of this room redraws the list and the open profile. A
button gives its Command to ViewContext.do. A new fact in the profile: a field of ProfileFacts and a line in
ProfileView.
"""
