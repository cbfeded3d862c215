"""The doctor: what is well on this computer and network, what is not, and what to do. `checkup.check` runs it all."""
