"""CheckupPage: checks this computer for what may keep people from seeing each other, and says what to do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import Checkup, JoinBy, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Ink, palette_colour
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.commands import Browse, CheckUp

_SIGNS: dict[Health, tuple[IconName, Ink]] = {  # the worst first, as the findings are shown
    Health.BAD: ("close", "alert_ink"),
    Health.ODD: ("warning", "caution"),
    Health.GOOD: ("check", "good"),
}


class CheckupPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: Checkup) -> None:
        super().__init__(master, context)
        self.sign("shield")
        self.heading(_("Check my computer"))
        self._summary = self.paragraph("")
        buttons = self.buttons(above=4)
        self.first = self._again = Button(buttons, self.theme, _("Check again"), self._check)
        Button(buttons, self.theme, _("Look for rooms again"), self._look_again, "quiet", "retry")
        Button(buttons, self.theme, _("Type a code or address"), lambda: context.go(JoinBy()), "quiet", "key")
        Button(buttons, self.theme, _("Done"), context.back, "quiet")
        self._findings = self.put(tk.Frame(self.body, bg=self.theme.palette.chat), above=16)
        self._shown: tuple[Finding, ...] = ()
        self._check()

    def _check(self) -> None:
        if not self.context.state.checking:
            self.context.do(CheckUp())
        self.draw()

    def _look_again(self) -> None:
        self.context.do(Browse(again=True))
        self.context.say(_("Looking for rooms again."))

    def draw(self) -> None:
        checking, findings = self.context.state.checking, self.context.state.findings
        self._summary.text(_("This takes a few seconds.") if checking else summary(findings))
        self._again.text(_("Checking…") if checking else _("Check again"))
        if findings != self._shown:
            self._shown = findings
            destroy_children(self._findings)
            for finding in sorted(findings, key=lambda one: list(_SIGNS).index(one.health)):
                self._show(finding)

    def _show(self, finding: Finding) -> None:
        """Add an icon, the subject and the finding, and below them the advice."""
        theme, px, palette = self.theme, self.theme.px, self.theme.palette
        tk.Frame(self._findings, bg=palette.line, height=px(1)).pack(fill="x")
        line = tk.Frame(self._findings, bg=palette.chat)
        line.pack(fill="x", pady=px(10))
        icon, colour = _SIGNS[finding.health]
        picture = tk.Label(line, image=theme.icon(icon, 18, palette_colour(palette, colour)), bg=palette.chat, bd=0)
        picture.pack(side="left", anchor="n", padx=(0, px(12)), pady=(px(2), 0))
        beside = tk.Frame(line, bg=palette.chat)
        beside.pack(side="left", fill="x", expand=True)
        Label(beside, theme, about(finding), "small_bold", "mute").pack(fill="x")
        Paragraph(beside, theme, finding.says).pack(fill="x")
        if finding.advice:
            Paragraph(beside, theme, finding.advice, "room", "strong").pack(fill="x", pady=(px(4), 0))


def summary(findings: Sequence[Finding]) -> str:
    """All findings in one sentence."""
    troubles = sum(finding.health is not Health.GOOD for finding in findings)
    if not troubles:
        return _("All is well on this computer. If somebody is missing, check theirs too.")
    words = ngettext(
        "One thing may keep people apart.", "{n} things may keep people apart, the worst first.", troubles
    )  # fmt: skip
    return words.format(n=troubles)


def about(finding: Finding) -> str:
    """The subject of a finding, in words."""
    names = {
        "network": _("Network"),
        "vpn": _("VPN"),
        "wsl": _("Windows"),
        "router": _("Router"),
        "multicast": _("Being found"),
        "neighbours": _("Others on this network"),
        "address": _("The address you asked about"),
        "port": _("The way in for others"),
        "firewall": _("Firewall"),
        "clock": _("Clock"),
        "data": _("The data folder"),
        "files": _("Files"),
    }
    return names.get(finding.name, finding.name)
