"""The composer: where one writes what is to be said.

written     Written: a text while it is written, and what it was before; pure
pad         Pad: a Written, shown in a Text
composer    Composer: the field with its buttons; sending, drafts
notice      what there is to say about what is written
parts       a text too long for one message, in several; pure
offers      what could complete the word being written; pure
offer_list  the list of them, over the composer
picker      all emoji, to choose from
"""
