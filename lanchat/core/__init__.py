"""The protocol of a room as pure values and rules: no I/O, no clock, no thread; standard library, msgspec, markdown-it.

Here belong the frames, what a Host and a Client do with them (state machines that only say what is to be done), the
rules for names and texts, addresses, limits and the room events that faces read. Whatever touches a disk, a socket, a
key or a clock does not.

A message: the Outbox (`posting`) holds it at its author; `client` sends it as a Post frame (`frames`); the host's
AppendQueue (`log`) takes it, Placement gives it its place; `encoded_log` and `sessions` bring it to every member;
`replica` checks that it continues what a member has. Members say how far they have the Log (Have), `member_news` tells
the authors (Delivered), and Ticks (`replica`) finds whose entries that is about.

An annotation is an entry that changes what another message looks like (a reaction, an edit). A new one: a class in
`content` with what a host refuses (`fault_of`); who may, in `message` (`change_fault`), for host and client; what it
changes, in `storage.projection`. What members let each other know while they are here (who writes, has read, is away)
is in no Log: `attention` at a client, `member_news` at the host. A private message is an annotation, `Sealed`. How a
text is formatted says `formatting`; which slash commands there are, `slash_table`.

What a file's offer promises says its `file_manifest`: the files, and a hash of each chunk; `file_names` makes a peer's
names harmless; `chunk_plan` says which chunk to ask of whom.

A new frame: `frames`, a case in `host` and `client`, and `protocol.md`. A limit on members: `limits.Limits`, kept
by the AppendQueue with the Bucket in `sessions`, obeyed by the Outbox.
"""
