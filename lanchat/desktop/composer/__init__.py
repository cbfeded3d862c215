"""The composer: where one writes what is to be said.

    composer    Composer: the field with its buttons; sending, drafts
    written     Written: a text while it is written, and what it was before; pure
    pad         Pad: a Written, shown in a Text
    completing  Completing: the word being written, and what it could become: `offers`, in an `offer_list`
    picker      all emoji, to choose from, in an `emoji_grid`
    parts       a text too long for one message, in several; pure
    notice      what there is to say about what is written; `hint`: what to write, where nothing is
    drafts      what was begun and is kept

Tk thread, but for what is pure.
"""
