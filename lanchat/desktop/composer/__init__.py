"""The composer: where a message is written. Not here: the editor itself (`widgets`), what is known of a room.

    composer      Composer, the widget: the field with its buttons, sending, drafts
    completion    what the word being written could become: emoji by name, people after @, commands after /
    slash_input   commands that are entered instead of a message
    emoji_picker  all emoji, to choose from
    draft         what was begun and is kept; a text too long for one message, in several
    format_keys   keys that put marks around words
    draft_target  the message that is answered or edited, and the bar that says so
    attachments   files that go with it: attached, pasted, dropped, sent, and back where they were refused
    attachment_strip, attached_file    what is attached, and what is known of it
    attach_button, preparing_rows      the button, and how far the engine is with reading what was sent
    field_words   the words in the field and over it
    spell_marks   what no dictionary knows is underlined, and other words are offered
    typing_line   who else is writing
    media_buttons screenshots and recordings, made here for a message; new_attachment keeps them
    notice_bar    what there is to say about what is written, with what can be done

A message begins as keys: Tk's edits of the EmojiEditor change its EditBuffer, which it then shows. Enter has
`Composer.send_message` give a `Say` command to the engine. The engine answers with `EntryWritten`, or with
`NotWritten`: then the text comes back into the field.
"""
