"""The Engine: the thread on which rooms, connections and discovery run. Commands in (`commands`), Events out
(`events`).

The disk has a thread of its own (`disk`), and many signatures at once are checked beside the loop.

Here belongs what joins core's state machines to the network, the disk and the clock, and what a Command does to rooms.
Rules of the protocol (core), SQL (storage) and anything a person looks at (the faces) do not.

A message: `engine` gets Say; `own_entries` writes it to the Outbox by `disk`; `active_room` posts it to its
`client_driver`, whose Link leads to the host's `host_driver`, which appends it through the DiskLog (`disk`). The entry
comes back over each member's Link to their `client_driver` and, once it is on disk, `active_room` tells it as an Event.

A new Command: a value in `commands`, a case in `engine`. A new Event: a value in `events`, told where it happens.
Annotations alone come as a MessagesAdded without messages: a face reads the messages that they change again.
"""
