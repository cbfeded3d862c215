"""Sockets: connections between members (TLS over TCP), and how rooms are found. On the Engine's asyncio loop, but for
files, whose connections are blocking and have threads.

Belongs here: whatever opens a socket or asks the system about the network. Does not belong here: what frames mean
(`core`), who may join (`trust`), what is stored (`storage`), when to connect again (`engine`).

How a message passes: the engine's driver encodes it and calls `send` of its `link.Link`, a `connection.Connection`. On
the other computer the Connection splits the bytes into frame bodies and hands each to its Receiver, the driver there.
Before that, `listener` (host) or `dialer` (member) has connected and run the handshake of `trust`.

How a file passes: `file_fetch` connects to the `file_server` of the host, to which the Listener gives such connections
(`client_hello`), or of another member; `file_puller` asks there for chunks, `file_holder` answers, both over a
`file_connection`. Where chunks come from and go to is the caller's (`file_shelf`). `guest_files` does both for phones,
over their `guest_link`.

- `discovery`: which rooms are open on this network, and at which addresses.
- `doctor`: diagnosis of this computer and network.
- `host_addresses`: this computer's own addresses; host names.

A WebSocket listener for phones: a module beside `listener` that makes Links; the Listener would dispatch to it by the
protocol that the ClientHello offers (ALPN, see `client_hello`; `limits.ALPN` is lanchat's own), and
`AdmissionHandler.entered`, in `engine.host_role`, would take any Link. A new way to find rooms: see `discovery`.
"""
