"""The Engine: one thread that runs rooms; Commands in, Events out."""
