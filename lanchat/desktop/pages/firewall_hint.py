"""What Windows is about to ask when lanchat first lets others in, said before it asks. Pure."""

from __future__ import annotations

from lanchat.core.translate import _
from lanchat.storage.preferences import Preferences


def firewall_hint(system: str, preferences: Preferences) -> str:
    """`system`: as in `sys.platform`. "": there is nothing to say."""
    if system != "win32" or preferences.windows_hint_seen:
        return ""
    return _("Windows will ask to allow lanchat. Choose Private networks so people here can reach you.")
