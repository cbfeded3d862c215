"""What the system around the window offers: notifications, sound, dark mode, screen scale, opening, starting with it.

Each part says what a person notices; `freedesktop`, `windows` and `macos` hold what differs too much for one branch.
Nothing here blocks the Tk thread. Where the system offers nothing, lanchat works without, and says so in plain words.
"""
