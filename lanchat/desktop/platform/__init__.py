"""What lanchat uses of the operating system around its window, with one public module for each service.

Belongs here: notifications (notifier), sound, dark mode (services), taskbar, screen scale and autostart
(desktop_integration), how long nobody has used the computer (idle_time), links, folders and other programs
(external_programs), choosing files (file_chooser), files that are copied (copied_files, x11_clipboard) or dropped on
the window (file_drops), spell checking (dictionaries), waking Tk's loop and exit signals (wakeup). `services` picks the
implementation for this system; session_bus, desktop_portal, freedesktop_services, windows_desktop, windows_tray,
macos_desktop and x11 hold what one system needs. Does not belong here: what decides when they are used (app, pages).

A new service: its common part in a module of its own, one implementation for each system; what the App opens at its
start and closes at its end comes from `services.open_services`. Nothing here blocks the Tk thread. Where a system
lacks a service, lanchat works without it.
"""
