"""A real network between namespaces of this machine, and people on it."""
