"""The doors of Windows. Imported there only. Written by the documentation; not yet tried there."""
