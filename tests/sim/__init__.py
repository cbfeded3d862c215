"""Random histories of a room, played by the product on simulated time, disks and connections; and its promises.

A history is one host and three members with four devices, for a minute of their time: they write, answer, edit, delete,
react and pin, also what they must not and what is not there, read back, are renamed, crash, start again, and lose
connections; disks fill, machines freeze, clocks are wrong. In every fourth history the host lets everybody do all that.
Then all heals, and every promise must have been kept (`promises`, after `core/protocol.md`), also of what annotations
make of messages (`reference`). The programs are the product's HostRole and
FollowerRole with the drivers, Connections, RoomLogs and Outboxes under them (`nodes`); `injected` lists what is not.

A second kind of history is of a room that outlives its host (`succession`): three to six `computers` of which any may
keep it open, by the product's own roles, while networks split, disks are put back, lost and forgotten, and what is seen
on the network is late. All that is on any disk when all heals must be in the one Log afterwards (`disks`).

`history` is what both have, `virtual_loop` is the loop and the time, `machine` the disk of a device, `wires` the
network, `world` what may happen.
A seed gives the same history every time. One that fails says how to run it alone, with all that happens printed.
`planted` and `planted_successions` have bugs of the protocol that must be found; those of drivers and disk are in
`tests/mutations.txt`.
"""
