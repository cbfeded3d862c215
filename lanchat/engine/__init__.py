"""The Engine: the thread on which rooms, connections and discovery run. Commands in (`commands`), Events out
(`events`).

The disk has a thread of its own (`disk`), and many signatures at once are checked beside the loop.

Here belongs what joins core's state machines to the network, the disk and the clock, and what a Command does to rooms.
Rules of the protocol (core), SQL (storage) and anything a person looks at (the faces) do not.

A message: `command_handler` gets Say; `own_entries` writes it to the Outbox by `disk`; `active_room` posts it to its
`client_driver`, whose Link leads to the host's `host_driver`, which appends it through the DiskLog (`room_disk`). The
entry comes back over each member's Link to their `client_driver` and, once it is on disk, `active_room` tells it as an
Event.

A private message takes the same way, sealed: `private_threads` seals it before `own_entries` signs it, opens it for the
disk, and tells it as an Event of its thread.

Files: `transfers` gets the Commands. `offering` reads and hashes what is to be sent, and writes its message. A
`download` decides whom to ask, and its `pull` takes what comes on threads; both end in `known_files`, on disk. Each
room has its `room_files`: who may have what from us, and who has what we look for. In rooms hosted here, `host_copies`
gets what members offer, for the others. `file_listings` tells what is in a folder that is not here. What is here is
read through `local_files`. `automatic_pictures` come without being asked for.

A new Command: a value in `commands`, a case in `command_handler`. A new Event: a value in `events`, told where it
happens.
What slash commands of both faces do: `slash_actions`.
Annotations alone come as a MessagesAdded without messages: a face reads the messages that they change again.
"""
