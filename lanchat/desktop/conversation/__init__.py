"""A room in the middle pane: header, what is to be known of it at the moment, Transcript, composer. Tk thread."""
