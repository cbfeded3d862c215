"""The terminal: the command line, its commands, and conversations in a terminal, a pipe or as JSON. On the main thread.

Belongs here: parsing words, printing, reading lines. Does not belong here: rooms, connections and storage rules. A
command sends Commands to the Engine (`engine.commands`), reads Events from it (`engine.events`) and history through
`storage.reader` and `storage.export`; it knows nothing of what is below the Engine. Words for people go through
`core.translate`.

How a message goes: `editor` or `stdin_reader` posts a Typed to the `console`; `conversation` sends Say to the Engine.
Its answers (EntryWritten, EntryStateChanged) update `own_messages`; entries of others (MessagesAdded) pass from the
console's queue through UnknownAuthorBuffer to a ConversationWriter: `transcript` for people, `json_lines` for programs,
written by `output`.

- `lanchat.__main__` picks the command's module: `room_commands` (host, join, send; `send_files`), `listing_commands`
  (rooms, history), `file_commands` (files), `diagnostics` (doctor, selftest), `lobby` (none); `event_printer` is
  `--print` beside the window.
- `find_room` and `join_room` lead from what somebody typed into a room.
- `file_progress` is what is under way with files in a conversation, `file_list` those of a room as a table.
- `standard_streams`, `arguments`, `argument_parser` import nothing heavy: every start imports them.

A new command: a function in `arguments`, a module with `run`, a case in `lanchat.__main__`. A new option: `arguments`.
A new slash command, for both faces: `core.slash_table` and `engine.slash_actions`; one that only shows something:
`slash_commands`. Who is in a room only its members hear: a command about that joins first (`join_room`). What becomes
of messages that were shown: `message_changes` and, for programs, `json_lines`.
"""
