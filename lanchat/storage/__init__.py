"""What lanchat keeps: one SQLite database for all rooms of one person, settings, one instance per folder.

`Store` writes and lives on the disk thread; a `Reader` is a connection of its own, for any other thread.
"""
