"""Pages: what the middle pane shows when it does not show a conversation. Each is one centred column. Tk thread."""
