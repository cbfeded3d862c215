"""The command line faces. They send Commands to the Engine and read Events from it, and know nothing deeper."""
