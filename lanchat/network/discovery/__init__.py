"""Discovery: which rooms are open on this network, and at which addresses. On the Engine's loop.

Belongs here: mDNS (RFC 6762, DNS-SD: RFC 6763), lanchat's own UDP questions, and the list of rooms that both yield.
Does not belong here: connecting to a room (`network.dialer`), nicks and what a person sees. The rest of the program
knows `interface` only: the Discovery protocol and the Sightings it reports.

How a room is found: `schedule` says when to ask what; `querier` sends questions through the sockets of `datagrams`,
`mdns` sends queries by zeroconf. On the host's computer `responder` and zeroconf answer. `lan` (LanDiscovery) passes
answers and records to `listings`, which decides by `liveness` when to ask each room again, and reports RoomSeen and
RoomLost. `job_queue` repeats what the system refused.

`fake` is the same interface in memory. A new way to find rooms: a module beside `mdns`, started by LanDiscovery, that
ends in `Listings.recorded` (hearsay) or `Listings.answered` (the host itself).
"""
