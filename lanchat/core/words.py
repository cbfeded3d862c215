"""Every word a person reads passes through here, so that it can one day be said in their language.

English is the only one yet. Peers' text goes in as an argument of `format`, never as the pattern.
"""

from __future__ import annotations

from gettext import NullTranslations

_spoken = NullTranslations()
_ = _spoken.gettext
ngettext = _spoken.ngettext
