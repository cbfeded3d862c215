"""How the window looks: colours, fonts, sizes and pictures. A Look is made once and never changes: another theme,
zoom or screen is another Look, and the views are built anew on it."""
