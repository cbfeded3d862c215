"""What a talk notices of files: the delays of 200 members while some get a large file from the host as fast as it goes.

    python -m tests.bench.transfer_latency FOLDER PORT

is one who gets it, again and again, with an Engine of their own; each file that came is a line with its seconds. They
are on this computer, too: several need all its processors for themselves, and then the figure is the machine's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lanchat.engine import commands, events
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.engine.events import FileState
from lanchat.storage.settings import FileSettings
from tests.bench.generator import Report
from tests.bench.latency import delays
from tests.bench.setting import Setting
from tests.bench.table import Row, ms
from tests.fake_lan import FakeLan

_MEMBERS = 200
_A_SECOND = 50
_MIB = 1024 * 1024
_LONG = 120.0  # talking ends when the file has come


def measure(setting: Setting) -> Iterator[Row]:
    size = (256 if setting.short else 2048) * _MIB
    file = setting.new_folder() / "file"
    with file.open("wb") as made:
        for number in range(size // _MIB):
            made.write(number.to_bytes(8, "big") * (_MIB // 8))
    for receivers in (1,) if setting.short else (1, 4):
        quiet, report, seconds = _talk(setting, file, receivers)
        rate = size * receivers / seconds / 1e6
        one = receivers == 1
        who = "one member gets" if one else f"{receivers} members get"
        yield Row(
            f"latency, {_MEMBERS} members, {_A_SECOND} messages/s, {who} {size // _MIB} MiB",
            "p99 ≤ 30 ms" if one else "", "15 ms" if one else "", f"{delays(report)}; {rate:.0f} MB/s",
            f"{report.p99 / quiet.p99:.1f} times without the file ({ms(quiet.p99)})",
            ok=report.p99 <= 30 if one else None,
            numbers={"p99 ms": report.p99, "max ms": report.max, "MB/s": rate, "quiet p99 ms": quiet.p99},
        )  # fmt: skip


def _talk(setting: Setting, file: Path, receivers: int) -> tuple[Report, Report, float]:
    """The talk before, and while all the receivers get the file; how long the last one took."""
    with setting.host(offer=file) as host, ExitStack() as everybody:
        folders = [setting.new_folder() for _ in range(receivers)]
        # They come in first: who comes in later gets the newest messages, without the offer.
        getting = [everybody.enter_context(_receiver(folder, host.port)) for folder in folders]
        quiet = setting.load(host, members=_MEMBERS, rate=_A_SECOND, prepare=_A_SECOND * 10)
        prepared = int(_A_SECOND * _LONG)
        talk = setting.generator.start(
            host, members=_MEMBERS, rate=_A_SECOND, prepare=prepared, warm_up=1, seconds=_LONG
        )
        talk.wait_until_measuring()
        began = time.monotonic()
        for process in getting:
            assert process.stdin is not None
            process.stdin.write("now\n")
            process.stdin.flush()
        for process in getting:
            assert process.stdout is not None
            process.stdout.readline()
        seconds = time.monotonic() - began
        report = talk.finish()
    for folder in folders:
        shutil.rmtree(folder)
    return quiet, report, seconds


@contextmanager
def _receiver(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """In the room, and told when to begin."""
    words = [sys.executable, "-m", __name__, str(folder), str(port)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError("a receiver did not come in; its last words are above")
        yield process
        process.stdin.close()


# --- the process of one who gets it ----------------------------------------------------------------------------------
def _get(folder: Path, port: int) -> None:
    share_the_interpreter()
    engine = Engine(folder, nick="Receiver", discovery=FakeLan().node)
    engine.start()
    engine.do(commands.SetFiles(FileSettings(folder=str(folder / "got"))))
    engine.do(commands.Join(f"127.0.0.1:{port}"))
    for event in iter(engine.events.get, None):
        match event:
            case events.MessagesAdded(room_id, messages) if found := [one for one in messages if one.offer]:
                print("in", flush=True)
                sys.stdin.readline()
                engine.do(commands.GetFile(room_id, found[0].message_id))
            case events.FileChanged(state=FileState.HERE):
                print("here", flush=True)
                sys.stdin.read()
                engine.do(commands.Quit())
            case events.FileChanged(state=FileState.FAILED, problem=problem):
                sys.exit(problem)
            case events.Stopped():
                break
            case _:
                pass
    engine.join()


if __name__ == "__main__":
    _get(Path(sys.argv[1]), int(sys.argv[2]))
