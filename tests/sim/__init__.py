"""Random histories of a Room: the real Host and Clients on fake wires and fake disks, and a checker of promises."""
