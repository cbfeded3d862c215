"""Discovery: which rooms are open on this network, and at which addresses. On the Engine's loop.

Belongs here: mDNS (RFC 6762, DNS-SD: RFC 6763), lanchat's own UDP questions, and the list of rooms that both yield.
Does not belong here: connecting to a room (`network.dialer`), nicks and what a person sees. Rooms and faces know
`interface` only: the Discovery protocol and what it reports; the Engine makes the LanDiscovery.

How a room is found: `schedule` says when to ask what; `querier` sends questions through the sockets of `datagrams`,
`mdns` sends queries by zeroconf. On the host's computer `responder` and zeroconf answer. `lan` (LanDiscovery) passes
answers and records to `listings`, which decides by Liveness (`schedule`) when to ask each room again, and reports
RoomSeen and RoomLost: a room shows once it has answered. `job_queue` repeats what the system refused. From there a room
comes to the window by `engine.sightings` and `desktop.model.state`.

A new way to find rooms: a module beside `mdns`, started by LanDiscovery, that ends in `Listings.recorded` (hearsay) or
`Listings.answered` (the host itself).
"""
