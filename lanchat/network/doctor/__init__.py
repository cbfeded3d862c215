"""The doctor: diagnosis of this computer and network, with advice. On an asyncio loop.

Belongs here: checks that yield a `core.listing.Finding`. Does not belong here: how findings are shown (the two faces),
and any change to the system.

`examination.check` runs every check at once: `this_computer` (addresses, multicast, port, clock, data folder, files),
`neighbours` (router, other machines), `firewall`, and the address that the person cannot reach.

A new check: an `async` function that returns findings, in the module of its subject, and a line in `examination.check`.
"""
