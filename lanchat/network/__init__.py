"""Sockets: the TLS listener and dialer, and discovery. All of it runs on the one asyncio loop of the Engine."""
