"""lanchat: chat for the local network.

The packages, and which may import which: each those left of it, the two faces not each other (a test keeps it).

    core  <-  trust  <-  storage  <-  network  <-  engine  <-  desktop, terminal  <-  __main__

    core      the protocol of a room as pure values and rules: frames, Host, Client, content, limits, texts
    trust     identity, signatures, sealing, TLS settings, the handshake, passphrases
    storage   SQLite: the Log and the messages people see of it, the Outbox, settings, paths, recovery, export
    network   connections (TLS), listening and dialling, finding rooms (mDNS and questions), the doctor
    engine    the thread that joins them: Commands in, Events out, one state for each room
    desktop   the window: tkinter and Pillow
    terminal  the commands of the command line
    languages the words, translated (gettext)

The docstring of each package says what belongs in it and what does not, and in most where something new would go.

A message, from Enter to the other window:

1. A face sends the Command `Say` (`engine.commands`) to `engine.engine`.
2. `engine.own_entries` has it signed (`trust.signing`) and kept in the Outbox on disk (`storage.outbox`).
3. The room's Client (`core.client`) gives it to its driver, which sends it over a Link (`network.link`) to the host.
4. The Host (`core.host`) takes it, it gets the next place (`core.log`) and is committed (`storage`); only then is it
   sent.
5. It comes back to every member, its author too, as the echo that is the acknowledgement: checked, kept, told as the
   Event `MessagesAdded` (`engine.events`), and drawn by the face (`desktop.timeline`, `terminal.transcript`).
6. Members say how far they have the Log, the Host tells the authors (`core.member_news`): the second tick.

An **annotation** (an edit, a reaction, a deletion) takes the same way; `storage.projection` lets it change its message.
A **private message** does, too, sealed for two people (`trust.sealing`, `engine.private_threads`).
A **file**: a message offers it (`core.file_offer`, `engine.offering`). Its bytes come beside the talk, in chunks that
prove themselves, over connections of their own (`network.file_server`, `network.file_fetch`) from whoever has them to
who gets it (`engine.download`, `storage.partial_files`), and to the host (`engine.host_copies`).
**Presence** (who is here, writes, has read) is in no Log: `core.attention` tells it, `core.member_news` passes it on.

A **room outlives its host**: each opening begins an epoch (`core.epoch`), by right of passes (`trust.passes`), when
`core.succession` says; what a Log that gave way had is carried (`core.posting`). See `engine.keeper_changes`.
A **Room** is one Log that one **Host** (its **keeper**) orders and **members** replicate; its **owner** founded it; an
**entry** is a signed line of it; a **message** is what people see of entries. The wire in bytes: `core/protocol.md`.
"""

__version__ = "0.1.0"
