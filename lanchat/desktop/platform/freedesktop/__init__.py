"""The doors of Linux and BSD desktops. Imported on those only."""
