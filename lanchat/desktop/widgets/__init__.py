"""What the views are built of: controls that take their colours, sizes and fonts from a Look once, when they are made,
and never change them. All of them on the Tk thread. None uses tk.Entry, which crashes when emoji are edited."""
