"""The controls that the views are built of.

What belongs here: widgets and helpers for widgets that know nothing of rooms, people or messages: surfaces and buttons,
labels, text fields, menus, scrolling, the virtual list, tooltips, toasts, and how keys and the mouse reach them.
What does not: anything that reads the model or sends a Command; that is a view (sidebar, people, pages, timeline,
composer). Colours, fonts and pictures come from `theme`.

A widget takes them from the Theme once, when it is made: a change of theme, zoom or language builds all views anew.
All of it belongs to the Tk thread. No widget uses tk.Entry or ttk.Entry: they crash on emoji (Tk 8.6, SIGSEGV).
"""
