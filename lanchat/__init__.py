"""lanchat: chat for the local network.

The rooms of the house, and who may import whom (`tests/test_imports.py` keeps it true):

    core  <-  trust  <-  storage  <-  network  <-  engine  <-  desktop, terminal  <-  __main__

    core      pure values and rules: model, text cleaning, frames, Host, Client. No I/O, clock or thread
    trust     identity key and certificate, signatures, the handshake, room passphrase (SPAKE2)
    storage   SQLite: schema, Store (the one writer), Reader (pages, search), settings, paths
    network   asyncio: TLS listener and dialer, discovery, network-change watch
    engine    the thread; Commands in, Events out; wires the rooms above together
    desktop   the window: tkinter and Pillow only here
    terminal  the command line faces; desktop and terminal never import each other, network or trust
"""

__version__ = "0.1.0"
