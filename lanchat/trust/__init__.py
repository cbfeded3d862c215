"""Identity and proof: keys, certificates, signatures, TLS settings, the handshake, passphrases.

Belongs here: everything a security review reads. Does not belong here: sockets and clocks (`network`), what a member
may do in a room (`core`), databases (`storage`), and anything a person sees but the text of an error.

How a member gets in: `network.listener` and `network.dialer` connect with the TLS contexts of `identity`; `handshake`
is the state machine of each side, frame in, frames out; it signs and verifies with `identity` and `signing`, and proves
a passphrase with `pake` (SPAKE2), whose secret `passphrase` derives. What fails is one of `join_errors`.
A guest's browser has no TLS: `guest_channel` is its handshake and its encryption.

How a message passes: `signing.make_entry` signs it where it is written; `signing.verify_entries` checks it on every
other computer before it is stored. A private one is sealed by `sealing` before it is signed, and opened by it.

A new proof of identity: a kind of frame in `core.frames`, a step in `handshake`. A new reason not to get in: a class in
`join_errors`.
"""
