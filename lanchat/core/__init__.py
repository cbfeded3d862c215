"""The protocol of a room as pure values and rules: no I/O, no clock, no thread; standard library and msgspec only.

Here belong the frames, what a Host and a Client do with them (state machines that only say what is to be done), the
rules for names and texts, addresses, limits and the room events that faces read. Whatever touches a disk, a socket, a
key or a clock does not.

A message: the Outbox (`replica`) holds it at its author; `client` sends it as a Post frame (`frames`); the host's
AppendQueue (`log`) takes it, Placement gives it its place; `encoded_log` and `sessions` bring it to every member;
`replica` checks that it continues what a member has. Members say how far they have the Log (Have), `member_news` tells
the authors (Delivered), and Ticks (`replica`) finds whose entries that is about.

An annotation is an entry that changes what another message looks like (a reaction, an edit). A new one: a class in
`content` with what a host refuses (`fault_of`); what it changes and who may, in `message`, shared by host, client and
`storage.messages`. A new frame: `frames`, a case in `host` and `client`, and `protocol.md`. A limit on members:
`limits.Limits`, kept by the AppendQueue with the Bucket in `sessions`, obeyed by the Outbox.
"""
