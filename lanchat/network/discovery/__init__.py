"""How rooms are found on the network. `model.Discovery` is what the rest of the program knows of it."""
