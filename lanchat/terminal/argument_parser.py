"""The parser of the command line: argparse with translated headings, and options that may stand anywhere. Imports
nothing heavy, as `arguments`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from lanchat.core.translate import _
from lanchat.terminal.standard_streams import print_diagnostic, raise_unwritable

#: Marks each word after a "--" while argparse parses. No word of a command line can contain it.
_NO_OPTION = "\0"


class WordParser(argparse.ArgumentParser):
    """Translates the headings of its help."""

    def format_help(self) -> str:
        self._positionals.title, self._optionals.title = _("arguments"), _("options")
        return super().format_help()

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse's own ignores write errors."""
        if file is not sys.stdout:
            print_diagnostic(message.rstrip("\n"))
            return
        try:
            sys.stdout.write(message)
        except (OSError, ValueError) as error:
            raise_unwritable(error)


class CommandParser(WordParser):
    """Accepts options anywhere, also between positional arguments."""

    _mixes = True

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if not self._mixes:
            return super().parse_known_args(args, namespace)
        words = list(args or ())
        if "--" in words:  # parse_known_intermixed_args loses the words after it
            at = words.index("--")
            words[at:] = [_NO_OPTION + word for word in words[at + 1 :]]
        self._mixes = False  # parse_known_intermixed_args calls this method itself
        try:
            namespace, unknown = self.parse_known_intermixed_args(words, namespace)
        finally:
            self._mixes = True
        for name, value in vars(namespace).items():
            if isinstance(value, str):
                setattr(namespace, name, value.removeprefix(_NO_OPTION))
            elif isinstance(value, list):
                setattr(namespace, name, [word.removeprefix(_NO_OPTION) for word in value])
        return namespace, [word.removeprefix(_NO_OPTION) for word in unknown]


class ExampleHelp(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup], prefix: str | None = None,
    ) -> None:  # fmt: skip
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)
