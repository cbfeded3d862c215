"""The protocol of a room as pure values and rules: no I/O, no clock, no thread; standard library and msgspec only.

Here belong the frames, what a Host and a Client do with them (state machines that only say what is to be done), the
rules for names and texts, addresses, limits and the room events that faces read. Whatever touches a disk, a socket, a
key or a clock does not.

A message: the Outbox (`replica`) holds it at its author; `client` sends it as a Post frame (`frames`); `append_queue`
takes it at the host; `log` gives it its place; `encoded_log` and `sessions` bring it to every member; `replica` checks
that it continues what a member has; `member_news` tells its author who has it.

A new kind of entry (a reaction, an edit): a class in `content`, what it changes in `message`. A new frame: `frames`, a
case in `host` and `client`, and `protocol.md`.
"""
