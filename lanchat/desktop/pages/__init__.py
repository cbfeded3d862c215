"""The pages: what the middle pane shows when it does not show a conversation, and the bar that finds words in one.

What belongs here: a file for each page (`…_page`) or for some that belong together (`…_pages`), named after what a
person does there, and the parts that only pages use. `page` has what they share: a column with a heading, paragraphs
and buttons. What does not belong here: the conversation with its timeline and composer, the sidebar and the people
pane; and which page is shown, which `routes` decides from the place that the window is at.

A page reads the State of its ViewContext, sends Commands through it, and is told of each Event by `heard`, after the
State has taken the Event in; soon after that it is drawn by `draw`. What may take long to read comes by way of
`background_reader`: `search_results` for SearchPage (all rooms) and FindBar (one room), `offer_loader` for FilesPage.
Pages are built anew each time they are shown. All of it belongs to the Tk thread.
"""
