"""The command line: its words, options and help. Imports nothing heavy, since `lanchat --version` must be quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lanchat
from lanchat.core.translate import _
from lanchat.terminal.argument_parser import CommandParser, ExampleHelp, WordParser

if TYPE_CHECKING:
    from lanchat.core.keeping import Keepers

FORMS = ("txt", "json", "html")
_LINK = "lanchat://"

#: Options of commands only, and how many words follow each.
_OF_COMMANDS = {
    "--json": 0, "--window": 0, "--passphrase": 0, "--nick": 1, "--wait": 1, "--port": 1, "--passphrase-file": 1,
    "--accept-new-key": 1, "--search": 1, "--limit": 1, "--export": 2, "--file": 1, "--caption": 1, "--get": 1,
    "--to": 1, "--store": 1, "--list": 1, "--private": 1, "--keepers": 1, "--keep-rooms": 1,
    "--guests": 0, "--guests-file": 1,
}  # fmt: skip
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
    file: list[str] | None  #: to send, with `text` and `caption` beside them
    caption: list[str] | None
    get: str | None  #: a number of `lanchat files`, or "all"
    list: int | None  #: a number of `lanchat files`
    to: Path | None
    store: int | None  #: bytes
    keepers: Keepers | None = None  #: None: as before
    guests: bool = False  #: phones may come in
    guests_file: Path | None = None  #: where to write the link with which they do
    keep_rooms: str | None = None  #: "on" or "off"; None: as before
    search: str | None
    limit: int
    export: tuple[str, Path] | None
    private: str | None
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
    if options.window and getattr(options, "store", None) is not None:
        parser.error(_("--store is for the terminal; in the window it is a setting"))
    if options.window and getattr(options, "keep_rooms", None) is not None:
        parser.error(_("--keep-rooms is for the terminal; in the window it is a setting"))
    if options.window and (options.guests or options.guests_file is not None):
        parser.error(_("--guests is for the terminal; in the window it is in the menu of the room"))
    if getattr(options, "caption", None) and not options.file:
        parser.error(_("--caption needs --file"))
    return options


def _after_options(words: list[str]) -> int:
    """The index of the first word that is neither an option nor an option's value."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 1 + _TAKE.get(words[at], 0)
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


def _parser() -> argparse.ArgumentParser:
    parser = WordParser(
        prog="lanchat",
        description=_("Chat for the local network: see the rooms, pick one or host one, talk.\n"
                      "Without a command: the window; without a screen the rooms around you: a number joins, h hosts."),
        epilog=_("On one computer:   lanchat host Kitchen\n"
                 "On another:        lanchat join Kitchen\n\n"
                 "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused.\n"
                 "lanchat COMMAND --help tells more about each."),
        formatter_class=ExampleHelp,
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
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=CommandParser)
    for add in (_rooms, _host, _join, _send, _files, _history, _doctor):
        add(commands)
    return parser


def _common(data_dir: Path | str | None, log_level: str) -> CommandParser:
    """The options of every command. A command's parser passes SUPPRESS, to keep the main parser's values."""
    common = CommandParser(add_help=False)
    common.add_argument("-h", "--help", action="help", help=_("show these words, and end"))
    common.add_argument("--data-dir", type=Path, metavar=_("DIR"), default=data_dir,
                        help=_("keep everything in this folder (also: LANCHAT_DATA_DIR)"))  # fmt: skip
    common.add_argument("--log-level", choices=LEVELS, default=log_level, metavar=_("LEVEL"),
                        help=_("on stderr: debug, info, warning or error; never what people say"))  # fmt: skip
    return common


def _command(
    commands: argparse._SubParsersAction[CommandParser], name: str, does: str, examples: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=does,
        description=does[:1].upper() + does[1:] + ".",
        epilog=examples,
        formatter_class=ExampleHelp,
        add_help=False,
        parents=[_common(argparse.SUPPRESS, argparse.SUPPRESS)],
    )


def _rooms(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "rooms", _("list the rooms on this network"), _(
        "examples:\n"
        "  lanchat rooms              as they are found, for a few seconds\n"
        "  lanchat rooms --wait 10    keep looking for 10 seconds\n"
        "  lanchat rooms --json       one object a line"))  # fmt: skip
    _shared(parser, "--json")
    parser.add_argument("--wait", type=_seconds, metavar=_("S"), help=_("look for this many seconds"))


def _host(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "host", _("open a room here and take part; a title hosted before: the same room"), _(
        "You are in it until Ctrl+C; then somebody else keeps it open if they can. What you type is said in it; it\n"
        "also runs with nothing to type.\n\n"
        "examples:\n"
        "  lanchat host Kitchen\n"
        "  lanchat host Kitchen --passphrase              with four words to tell those who may come in\n"
        "  lanchat host Kitchen --passphrase-file words   with one of your own, the file's first line\n"
        "  lanchat host Kitchen --store 5GB               keep files of others up to that size\n"
        "  lanchat host Kitchen --keepers nobody          it closes when this computer leaves\n"
        "  lanchat host Kitchen --guests                  phones come in with their browsers, by a code"))  # fmt: skip
    parser.add_argument("title", metavar=_("TITLE"), help=_("what the room is called"))
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--passphrase", action="store_true", help=_("make up a passphrase and show it"))
    _shared(secret, "--passphrase-file")
    parser.add_argument("--port", type=_port, metavar=_("N"),
                        help=_("listen on this TCP port or fail (else: the usual one, or any free one)"))  # fmt: skip
    parser.add_argument("--store", type=_size, metavar=_("SIZE"),
                        help=_("keep up to this much of what others send, such as 5GB, so that it can still be had "
                               "after they have left; the oldest of whoever sent most goes first"))  # fmt: skip
    parser.add_argument("--keepers", choices=("anyone", "named", "nobody"),
                        help=_("who keeps the room open when you do not: anybody in it, only whom you name (/keeper), "
                               "or nobody (as before; at first anyone)"))  # fmt: skip
    parser.add_argument("--guests", action="store_true",
                        help=_("show the code for phones: the one that still lets them in, or a new one for 30 minutes "
                               "(/invite off ends it)"))  # fmt: skip
    parser.add_argument("--guests-file", type=Path, metavar=_("FILE"),
                        help=_("write the link for phones into this file, which only you can read; a new code lets "
                               "them in until it is withdrawn, an earlier one as long as it was to last"))  # fmt: skip
    _shared(parser, "--keep-rooms", "--nick", "--json", "--window", "--print")


def _join(commands: argparse._SubParsersAction[CommandParser]) -> None:
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
    _shared(parser, "--passphrase-file", "--accept-new-key", "--keep-rooms", "--nick", "--json", "--window", "--print")


def _send(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "send", _("say one thing in a room, or send files; done when the host has it"), _(
        "Without TEXT and files, all of stdin is one message. Files are sent when the host has all of them; when it\n"
        "keeps no copy, the others get them only while this computer is in the room, and send fails (exit 1).\n\n"
        "examples:\n"
        "  lanchat send Kitchen Dinner is ready\n"
        "  df -h | lanchat send Kitchen\n"
        "  lanchat send Kitchen --file plan.pdf photos --caption As it was in May\n"
        "  lanchat send Kitchen --private Ben --file plan.pdf    done when Ben has it"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the room, as for join"))
    parser.add_argument("text", nargs="*", metavar=_("TEXT"), help=_("what to say; with --file, the caption"))
    parser.add_argument("--file", nargs="+", action="extend", metavar=_("FILE"),
                        help=_("send these files and folders as one message"))  # fmt: skip
    parser.add_argument("--private", metavar=_("NAME"),
                        help=_("only for this person, by name or key; the host cannot read it"))  # fmt: skip
    parser.add_argument("--caption", nargs="+", metavar=_("WORDS"), help=_("a caption for the files"))
    parser.add_argument("--wait", type=_seconds, metavar=_("S"), default=30.0,
                        help=_("give up when nothing happens for this many seconds (30)"))  # fmt: skip
    _shared(parser, "--passphrase-file", "--accept-new-key", "--nick")


def _files(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "files", _("list the files that were sent in a room, or get some of them"), _(
        "The list is as of your last visit, also offline, and a file keeps its number. To get one, and where you\n"
        "never were, lanchat joins the room. It asks the host and whoever has it; what was begun goes on where it\n"
        "stopped.\n\n"
        "examples:\n"
        "  lanchat files Kitchen\n"
        "  lanchat files Kitchen --list 41                what is in that folder\n"
        "  lanchat files Kitchen --get 41\n"
        "  lanchat files Kitchen --get all --to backup"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the room, as for join"))
    parser.add_argument("--private", metavar=_("NAME"), help=_("what this person and you sent each other privately"))
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--get", type=_file_number, metavar=_("N"),
                       help=_("get the file with this number; all: those that are not here yet"))  # fmt: skip
    which.add_argument("--list", type=_count, metavar=_("N"),
                       help=_("say what is in the folder with this number, without getting it"))  # fmt: skip
    parser.add_argument("--to", type=Path, metavar=_("FOLDER"),
                        help=_("save them there instead of in the room's folder"))  # fmt: skip
    parser.add_argument("--limit", type=_count, default=100, metavar=_("N"),
                        help=_("list at most the newest N (100); 0: everything"))  # fmt: skip
    parser.add_argument("--wait", type=_seconds, metavar=_("S"), default=30.0,
                        help=_("give up when nothing happens for this many seconds (30)"))  # fmt: skip
    _shared(parser, "--passphrase-file", "--accept-new-key", "--nick", "--json")


def _history(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "history", _("read, search or export what was said in a room, also offline"), _(
        "examples:\n"
        "  lanchat history Kitchen\n"
        "  lanchat history Kitchen --search dinner\n"
        "  lanchat history Kitchen --search 'dinner from:Ana has:file after:2026-11-01'\n"
        "  lanchat history Kitchen --private Ben\n"
        "  lanchat history Kitchen --export html kitchen.html"))  # fmt: skip
    parser.add_argument("room", metavar=_("ROOM"), help=_("the title or id of a room you were in"))
    parser.add_argument("--search", metavar=_("WORDS"), help=_("only what has all these words, or words that begin so"))
    parser.add_argument("--private", metavar=_("NAME"), help=_("what this person and you wrote each other privately"))
    parser.add_argument("--limit", type=_count, default=100, metavar=_("N"),
                        help=_("at most the newest N (100); 0: everything"))  # fmt: skip
    parser.add_argument("--export", nargs=2, action=_Export, metavar=(_("FORM"), _("FILE")),
                        help=_("write everything to a new file; FORM is txt, json or html"))  # fmt: skip


def _doctor(commands: argparse._SubParsersAction[CommandParser]) -> None:
    parser = _command(commands, "doctor", _("check this computer and network, and say what to do"), _(
        "examples:\n"
        "  lanchat doctor\n"
        "  lanchat doctor 192.168.1.42    why can I not reach the host there?"))  # fmt: skip
    parser.add_argument("address", nargs="?", metavar=_("ADDRESS"), help=_("also check the way to this host"))
    _shared(parser, "--json")


def _shared(parser: argparse._ActionsContainer, *names: str) -> None:
    """Add options that several commands have."""
    options: dict[str, dict[str, Any]] = {
        "--json": {"action": "store_true", "help": _("for programs: one JSON object a line")},
        "--keep-rooms": {"choices": ("on", "off"),
                         "help": _("whether this computer may keep rooms open for others, from now on")},
        "--window": {"action": "store_true",
                     "help": _("in the window; the one that is open already is asked to show the room")},
        "--print": {"action": "store_true", "default": argparse.SUPPRESS,
                    "help": _("with --window: also write here what happens")},
        "--nick": {"type": _name, "metavar": _("NAME"), "help": _("your name from now on")},
        "--passphrase-file": {"type": Path, "metavar": _("FILE"),
                              "help": _("read the passphrase from the first line of this file")},
        "--accept-new-key": {"metavar": _("BADGE"),
                             "help": _("the host's key has changed, and the host has confirmed this new badge")},
    }  # fmt: skip
    for name in names:
        parser.add_argument(name, **options[name])


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
    from lanchat.core.text import clean_nick  # slow to import, and seldom needed

    if not clean_nick(text):
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


def _size(text: str) -> int:
    from lanchat.core.sizes import size_of_words

    size = size_of_words(text)
    if size is None:
        raise argparse.ArgumentTypeError(_("not a size such as 500MB or 5GB: {text}").format(text=text))
    return size


def _file_number(text: str) -> str:
    if text != "all" and not text.removeprefix("#").isdecimal():
        raise argparse.ArgumentTypeError(_("a number of the list, or all: {text}").format(text=text))
    return text.removeprefix("#")
