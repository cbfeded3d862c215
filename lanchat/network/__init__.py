"""Sockets: connections between members (TLS over TCP), and how rooms are found. On the Engine's asyncio loop.

Belongs here: whatever opens a socket or asks the system about the network. Does not belong here: what frames mean
(`core`), who may join (`trust`), what is stored (`storage`), when to connect again (`engine`).

How a message passes: the engine's driver encodes it and calls `send` of its `link.Link`, a `connection.Connection`. On
the other computer the Connection splits the bytes into frame bodies and hands each to its Receiver, the driver there.
Before that, `listener` (host) or `dialer` (member) has connected and run the handshake of `trust`.

- `discovery`: which rooms are open on this network, and at which addresses.
- `doctor`: diagnosis of this computer and network.
- `host_addresses`: this computer's own addresses; host names.

A WebSocket listener for phones: a module beside `listener` that makes Links; the Listener would dispatch to it by the
protocol agreed in TLS (ALPN; `limits.ALPN` is lanchat's own, `trust.identity` offers it), and
`AdmissionHandler.entered`, in `engine.host_role`, would take any Link. A new way to find rooms: see `discovery`.
"""
