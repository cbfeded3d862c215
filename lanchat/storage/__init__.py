"""What lanchat keeps in its data folder: one SQLite database for all rooms of one person, and what they chose.

Belongs here: SQL, files and their recovery, paths, words for what can fail on a disk. Does not belong here: what an
entry means (`core.content`), who may write it (`core.message`, `core.log`), threads and queues (`engine.disk`).

A message waits in the `outbox`; at the host `room_log` appends it; at each member `room_log`
applies the host's run. In the same transaction `projection` keeps what people see of it, and `search_index` its words.
A face reads it through `reader`, a connection of its own, for any thread; the Store lives on the disk thread.

- `database`, `open_database`, `schema.sql`: the file, its transactions, and how older ones become today's
- `room_log` (with `log_parts`, `log_writers`): a room's Log; `carried`: what it had when it gave way to another;
  `log_marks`: up to where two are the same
- `projection`: what annotations make of messages; `targets`: what its rules need to know of them
- `private_messages`: those sealed for me, opened
- `damage`, `salvage` (with `log_copy`), `database_pages`: what becomes of a damaged one
- `offers`: the files that messages offer, counted and filtered
- `records`: rooms and members; `guest_code_rows`: the codes for phones; `export` (with `html_text`): history as a file;
  `search`: what is found in the messages, by words (`search_index`; `search_text`) and filters (`search_filters`)
- `wave_files`: recordings, which may be a stranger's: their length and sound
- `picture_files`: what an offer says of a picture, and smaller copies (the one use of Pillow outside of the window)
- `offered_files` (found and hashed), `chunk_files`, `partial_files` (while they come), `file_store` (the host's),
  `file_records` (the rows), `from_network`: the bytes of files; `core.file_manifest` says what is in which chunk
- `settings`, `languages`, `log_files`, `data_folder`, `errors`; `system_programs`: running other programs

A new setting: a field of Preferences (the window's) or of Settings (the Engine's, changed by a Command), both in
`settings`. A new language: `languages/xx.po`, which `packaging/catalogues.py` compiles (for the page for phones, too),
`languages.LANGUAGES`, and a choice in the window's settings page. A new table: `schema.sql` and a migration in
`open_database`. What annotations change is written by `projection`, by the rules of `core.message`, and joined in
`messages`.
"""
