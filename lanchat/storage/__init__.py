"""What lanchat keeps in its data folder: one SQLite database for all rooms of one person, and what they chose.

Belongs here: SQL, files and their recovery, paths, words for what can fail on a disk. Does not belong here: what an
entry means (`core.content`), who may write it (`core.message`, `core.log`), threads and queues (`engine.disk`).

A message: `store` puts it into the Outbox (`entry_rows`); at the host `room_log` appends it; at each member `room_log`
applies the host's run. In the same transaction `messages` keeps what people see of it and indexes its words. A face
reads it through `reader`, a connection of its own, for any thread; the Store lives on the disk thread.

- `database`, `migrations`, `schema.sql`: the file, its transactions, and how older ones become today's
- `damage`, `salvage`, `database_pages`: what becomes of a damaged one
- `records`: rooms and members; `export`: history as a file; `search_text`: what search looks for
- `settings`, `languages`, `log_files`, `data_folder`, `errors`

A new setting: a field of Preferences (the window's) or of Settings (the Engine's, changed by a Command), both in
`settings`. A new language: `languages/xx.po`, which `packaging/catalogues.py` compiles, `languages.LANGUAGES`, and a
choice in the window's settings page. A new table: `schema.sql` and a step in `migrations`. What annotations change of a
message is joined in `messages`, by the rules of `core.message`.
"""
