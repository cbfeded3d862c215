"""The composer: where a message is written. Not here: fields for one line (`widgets`), what is known of a room.

    composer      Composer, the widget: the field with its buttons, sending, drafts
    edit_buffer   EditBuffer: a text while it is edited, and what it was before (undo); pure
    emoji_editor  EmojiEditor: the Text that shows an EditBuffer, with emoji as pictures
    completion    what the word being written could become: emoji by name, people after @
    emoji_picker  all emoji, to choose from
    draft         what was begun and is kept; a text too long for one message, in several
    notice_bar    what there is to say about what is written, with what can be done

A message begins as keys: Tk's edits of the Text change the EditBuffer, which the Text then shows. Enter has
`Composer.send_message` give a `Say` command to the engine. The engine answers with `EntryWritten`, or with
`NotWritten`: then the text comes back into the field.
"""
