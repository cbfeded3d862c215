"""The doors of macOS. Written by the documentation; not yet tried there."""
