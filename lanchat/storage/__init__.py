"""What is kept: the SQLite store and its readers, settings, and where files live. The Store runs on the disk thread."""
