"""The command line: its words, options and help. Imports nothing heavy, since `lanchat --version` must be quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import lanchat
from lanchat.core.translate import _
from lanchat.terminal.standard_streams import print_diagnostic, raise_unwritable

FORMS = ("txt", "json", "html")
_LINK = "lanchat://"

#: Options of commands only, and how many words follow each.
_OF_COMMANDS = {
    "--json": 0, "--window": 0, "--passphrase": 0, "--nick": 1, "--wait": 1, "--port": 1, "--passphrase-file": 1,
    "--accept-new-key": 1, "--search": 1, "--limit": 1, "--export": 2,
}  # fmt: skip
#: Marks each word after a "--" while argparse parses. No word of a command line can contain it.
_NO_OPTION = "\0"
_TAKE = {"--print": 0, "--data-dir": 1, "--log-level": 1, **_OF_COMMANDS}
LEVELS = ("debug", "info", "warning", "error")


class Options(argparse.Namespace):
    """The parsed command line. Which attributes exist depends on the command."""

    command: str | None
    selftest: bool
    data_dir: Path | None
    log_level: str
    nick: str | None
    json: bool
    wait: float | None
    title: str
    passphrase: bool
    passphrase_file: Path | None
    port: int | None
    room: str
    accept_new_key: str | None
    text: list[str]
    search: str | None
    limit: int
    export: tuple[str, Path] | None
    address: str | None
    window: bool
    print: bool
    link: str  #: a lanchat:// link, given instead of a command


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Raises SystemExit for --help, --version (0) and unknown words (2), CommandError and OutputClosed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    at = _after_options(words)
    link = words.pop(at) if words[at : at + 1] and words[at].startswith(_LINK) else ""
    parser = _parser()
    if not link and words[at : at + 1] and not words[at].startswith("-"):  # a command, which gets the options before it
        words.insert(0, words.pop(at))
    elif stray := next((word.split("=")[0] for word in words[:at] if word.split("=")[0] in _OF_COMMANDS), ""):
        parser.error(_("{option} goes with a command, as in: lanchat COMMAND {option}").format(option=stray))
    options = parser.parse_args(_with_search(words), namespace=Options())
    options.link = link
    if options.window and (options.json or options.wait is not None):
        parser.error(_("--json and --wait are for the terminal, and --window is not"))
    return options


def _after_options(words: list[str]) -> int:
    """The index of the first word that is neither an option nor an option's value."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 1 + (_TAKE.get(words[at], 0))
    return min(at, len(words))


def _with_search(words: list[str]) -> list[str]:
    """Join --search and the word after it, which may begin with a dash."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--search" and "--" not in joined:
            joined[-1] = f"--search={word}"
        else:
            joined.append(word)
    return joined


class _Parser(argparse.ArgumentParser):
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


class _Command(_Parser):
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


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup], prefix: str | None = None,
    ) -> None:  # fmt: skip
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lanchat",
        description=_("Chat for the local network: see the rooms, pick one or host one, talk.\n"
                      "Without a command: the window; without a screen the rooms around you: a number joins, h hosts."),
        epilog=_("On one computer:   lanchat host Kitchen\n"
                 "On another:        lanchat join Kitchen\n\n"
                 "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused.\n"
                 "lanchat COMMAND --help tells more about each."),
        formatter_class=_Help,
        add_help=False,
        parents=[_common(None, "warning")],
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"lanchat {lanchat.__version__}",
                        help=_("show which lanchat this is, and end"))  # fmt: skip
    parser.add_argument("--selftest", action="store_true",
                        help=_("host, find, join, talk, search on this computer, in a temporary folder"))  # fmt: skip
    parser.add_argument("--print", action="store_true",
                        help=_("the window also writes here what `lanchat join` writes (on Windows: lanchat-cli)")
                        )  # fmt: skip
    parser.set_defaults(nick=None, json=False, wait=None, window=False)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=_Command)
    for add in (_rooms, _host, _join, _send, _history, _doctor):
        add(commands)
    return parser


def _common(data_dir: Path | str | None, log_level: str) -> _Command:
    """The options of every command. A command's parser passes SUPPRESS, to keep the main parser's values."""
    common = _Command(add_help=False)
    common.add_argument("-h", "--help", action="help", help=_("show these words, and end"))
    common.add_argument("--data-dir", type=Path, metavar=_("DIR"), default=data_dir,
                        help=_("keep everything in this folder (also: LANCHAT_DATA_DIR)"))  # fmt: skip
    common.add_argument("--log-level", choices=LEVELS, default=log_level, metavar=_("LEVEL"),
                        help=_("on stderr: debug, info, warning or error; never what people say"))  # fmt: skip
    return common


def _command(
    commands: argparse._SubParsersAction[_Command], name: str, does: str, examples: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=does,
        description=does[:1].upper() + does[1:] + ".",
        epilog=examples,
        formatter_class=_Help,
        add_help=False,
        parents=[_common(argparse.SUPPRESS, argparse.SUPPRESS)],
    )


def _rooms(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "rooms", _("list the rooms on this network"), _(
        "examples:\n"
        "  lanchat rooms              as they are found, for a few seconds\n"
        "  lanchat rooms --wait 10    keep looking for 10 seconds\n"
        "  lanchat rooms --json       one object a line"))  # fmt: skip
    _json(parser)
    parser.add_argument("--wait", type=_seconds, metavar=_("S"), help=_("look for this many seconds"))


def _host(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "host", _("open a room here and take part; a title hosted before: the same room"), _(
        "The room is open until Ctrl+C. What you type is said in it; it also runs with nothing to type.\n\n"
        "examples:\n"
        "  lanchat host Kitchen\n"
        "  lanchat host Kitchen --passphrase              with four words to tell those who may come in\n"
        "  lanchat host Kitchen --passphrase-file words   with one of your own, the file's first line"))  # fmt: skip
    parser.add_argument("title", metavar=_("TITLE"), help=_("what the room is called"))
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--passphrase", action="store_true", help=_("make up a passphrase and show it"))
    _passphrase_file(secret)
    parser.add_argument("--port", type=_port, metavar=_("N"),
                        help=_("listen on this TCP port or fail (else: the usual one, or any free one)"))  # fmt: skip
    _nick(parser)
    _json(parser)
    _window(parser)


def _join(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "join", _("join a room and talk"), _(
        "ROOM is a title, a room id, an address[:port], a room code or a lanchat:// link.\n"
        "Lines on stdin are said, messages come on stdout. When a piped stdin ends, lanchat leaves as soon as the\n"
        "host has everything on its disk; when it was empty from the start, lanchat listens until it is ended.\n"
        "When the host is not there in time, nothing of the input is taken (exit 3). When it goes later, what was\n"
        "taken is kept, and goes with the next join or send (exit 1): do not say it again.\n\n"
        "examples:\n"
        "  lanchat join Kitchen\n"
        "  lanchat join K7F3Q-2MXA9-DTB\n"
        "  uptime | lanchat join Kitchen --wait 10\n"
        "  lanchat join Kitchen --json < /dev/null      for a program that listens"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the room"))
    parser.add_argument("--wait", type=_seconds, metavar=_("S"),
                        help=_("give up when the host is away, or takes nothing, for this many seconds "
                               "(a pipe: 30 to get in, and 30 after its end; else never)"))  # fmt: skip
    _for_joining(parser)
    _json(parser)
    _window(parser)


def _send(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "send", _("say one thing in a room; done when the host has it on its disk"), _(
        "Without TEXT, all of stdin is one message.\n\n"
        "examples:\n"
        "  lanchat send Kitchen Dinner is ready\n"
        "  df -h | lanchat send Kitchen"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the room, as for join"))
    parser.add_argument("text", nargs="*", metavar=_("TEXT"), help=_("what to say"))
    parser.add_argument("--wait", type=_seconds, metavar=_("S"), default=30.0,
                        help=_("give up after this many seconds (30)"))  # fmt: skip
    _for_joining(parser)


def _history(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "history", _("read, search or export what was said in a room, also offline"), _(
        "examples:\n"
        "  lanchat history Kitchen\n"
        "  lanchat history Kitchen --search dinner\n"
        "  lanchat history Kitchen --export html kitchen.html"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the title or id of a room you were in"))
    parser.add_argument("--search", metavar=_("WORDS"), help=_("only what has all these words, or words that begin so"))
    parser.add_argument("--limit", type=_count, default=100, metavar=_("N"),
                        help=_("at most the newest N (100); 0: everything"))  # fmt: skip
    parser.add_argument("--export", nargs=2, action=_Export, metavar=(_("FORM"), _("FILE")),
                        help=_("write everything to a new file; FORM is txt, json or html"))  # fmt: skip


def _doctor(commands: argparse._SubParsersAction[_Command]) -> None:
    parser = _command(commands, "doctor", _("check this computer and network, and say what to do"), _(
        "examples:\n"
        "  lanchat doctor\n"
        "  lanchat doctor 192.168.1.42    why can I not reach the host there?"))  # fmt: skip
    parser.add_argument("address", nargs="?", metavar=_("ADDRESS"), help=_("also check the way to this host"))
    _json(parser)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for programs: one JSON object a line"))


def _window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", action="store_true",
                        help=_("in the window; the one that is open already is asked to show the room"))  # fmt: skip
    parser.add_argument("--print", action="store_true", default=argparse.SUPPRESS,
                        help=_("with --window: also write here what happens"))  # fmt: skip


def _nick(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nick", type=_name, metavar=_("NAME"), help=_("your name from now on"))


def _passphrase_file(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--passphrase-file", type=Path, metavar=_("FILE"),
                        help=_("read the passphrase from the first line of this file"))  # fmt: skip


def _for_joining(parser: argparse.ArgumentParser) -> None:
    _passphrase_file(parser)
    parser.add_argument("--accept-new-key", metavar=_("BADGE"),
                        help=_("the host's key has changed, and the host has confirmed this new badge"))  # fmt: skip
    _nick(parser)


class _Export(argparse.Action):
    """--export FORM FILE; checks FORM."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        form, file = values if isinstance(values, list) else []
        if form not in FORMS:
            parser.error(_("FORM is one of: {forms}").format(forms=", ".join(FORMS)))
        setattr(namespace, self.dest, (form, Path(file)))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 86_400:  # also refuses nan
        raise argparse.ArgumentTypeError(_("not a number of seconds: {text}").format(text=text))
    return seconds


def _name(text: str) -> str:
    from lanchat.core.text import shows_nothing  # slow to import, and seldom needed

    if shows_nothing(text):
        raise argparse.ArgumentTypeError(_("nothing of that name would be seen"))
    return text


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(_("a port is a number from 1 to 65535"))
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("not a number: {text}").format(text=text))
    return int(text)
