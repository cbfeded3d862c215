"""1 GiB over loopback: to one receiver and to eight at once, beside `openssl s_server` and `s_client` in the same run.

openssl's server reads the file and encrypts it, its client decrypts and throws it away. lanchat also checks hashes and
writes to the disk; so each is also measured as the other does it: openssl writing, lanchat throwing away what it has
checked. All are run several times in turn, so that what else the machine does meets all. The eight get a quarter of
the file each: together they keep all processors busy.

A virtual machine that gave memory back to its host takes ten times as long for a page of a new file as another
machine: so much is written once, and deleted, before anything is timed. It helps only for a while.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.generator import LoadFailed
from tests.bench.process import cpu_seconds, environment
from tests.bench.setting import Setting
from tests.bench.table import Row, skipped

_MIB = 1024 * 1024
_RECEIVERS = 8
_PATIENCE_SECONDS = 600.0


class _Run(NamedTuple):
    seconds: float
    cpu: float  #: of both sides, seconds
    holder_kib: int = 0  #: more than before
    puller_kib: int = 0  #: of the largest


def measure(setting: Setting) -> Iterator[Row]:
    folder = setting.new_folder()
    size = (128 if setting.short else 1024) * _MIB
    file = folder / "file"
    if shutil.which("openssl") is None:
        yield skipped("1 GiB over TLS", "there is no openssl")
        return
    _make_file(folder / "warm", max(size, size // 4 * _RECEIVERS))
    (folder / "warm").unlink()
    runs: list[_Run] = []
    for receivers, bytes_each, what, aim in (
        (1, size, f"{size // _MIB} MiB over loopback TLS, one receiver", "0.9 x"),
        (_RECEIVERS, size // 4, f"{size // 4 // _MIB} MiB to {_RECEIVERS} receivers at once: sum", ""),
    ):
        _make_file(file, bytes_each)
        raw: list[_Run] = []
        raw_written: list[_Run] = []
        written: list[_Run] = []
        thrown_away: list[_Run] = []
        for number in range(1 if setting.short else 3):
            raw.append(_raw(folder, file, receivers))
            written.append(_lanchat(folder / f"{receivers}.{number}", file, receivers))
            raw_written.append(_raw(folder, file, receivers, keeps=True))
            thrown_away.append(_lanchat(folder / f"{receivers}.{number}.not", file, receivers, keeps=False))
        must, bytes_in_all = "0.7 x raw TLS", bytes_each * receivers
        yield _row(f"{what}, neither writing", bytes_in_all, thrown_away, raw, must, aim)
        yield _row(f"{what}, both writing", bytes_in_all, written, raw_written, must, aim)
        yield _row(f"{what}, lanchat writing", bytes_in_all, written, raw)
        runs += written
    holder = max(run.holder_kib for run in runs) / 1024
    puller = max(run.puller_kib for run in runs) / 1024
    yield Row(
        "memory of either side, more than before",
        "60 MB",
        "30 MB",
        f"holder {holder:.0f} MB ({_RECEIVERS} receivers), receiver {puller:.0f} MB",
        ok=max(holder, puller) <= 60,
        numbers={"holder_mb": holder, "receiver_mb": puller},
    )


def _row(what: str, size: int, ours: list[_Run], raw: list[_Run], must: str = "", aim: str = "") -> Row:
    ratio = statistics.median(r.seconds / o.seconds for r, o in zip(raw, ours, strict=True))
    rate, peer = (size / statistics.median(run.seconds for run in runs) / 1e6 for runs in (ours, raw))
    cpu, peer_cpu = (statistics.median(run.cpu for run in runs) for runs in (ours, raw))
    return Row(
        what,
        must,
        aim,
        f"{rate:.0f} MB/s ({cpu:.1f} s CPU)",
        f"{ratio:.2f} x openssl {peer:.0f} MB/s ({peer_cpu:.1f} s CPU)",
        ratio >= 0.7 if must else None,
        {"mb_per_second": rate, "raw_mb_per_second": peer, "ratio": ratio},
    )


def _make_file(file: Path, size: int) -> None:
    block = b"".join(number.to_bytes(4, "big") for number in range(_MIB // 4))
    with file.open("wb") as out:
        for number in range(size // _MIB):
            out.write(number.to_bytes(8, "big") + block[8:])


# --- lanchat ---------------------------------------------------------------------------------------------------------
@contextmanager
def _peer(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.bench.file_peer", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment()
    ) as process:
        try:
            yield process
            assert process.stdin is not None
            process.stdin.close()
            process.wait(_PATIENCE_SECONDS)
        finally:
            process.kill()


def _heard(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise LoadFailed("a side of a file connection ended")
    return json.loads(line)


def _ask(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _lanchat(folder: Path, file: Path, receivers: int, *, keeps: bool = True) -> _Run:
    with _peer("hold", folder / "holder", file) as holder:
        at = _heard(holder)
        _ask(holder)
        before = _heard(holder)
        pulls = []
        for number in range(receivers):
            mine = folder / str(number)
            pull = _peer("pull" if keeps else "look", mine, at["port"], at["key"], folder / "holder" / "manifest")
            pulls.append((mine, pull, pull.__enter__()))
        for _mine, _pull, process in pulls:
            _heard(process)
        began = time.monotonic()
        for _mine, _pull, process in pulls:
            _ask(process)
        ends = [_heard(process) for _mine, _pull, process in pulls]
        seconds = time.monotonic() - began
        _ask(holder)
        after = _heard(holder)
        for mine, pull, _process in pulls:
            pull.__exit__(None, None, None)
            shutil.rmtree(mine)
    if any(end["end"] != "done" for end in ends):
        raise LoadFailed(f"it was not received: {ends}")
    cpu = after["cpu"] - before["cpu"] + sum(end["cpu"] for end in ends)
    more = after["memory_kib"] - before["memory_kib"]
    return _Run(seconds, cpu, more, max(end["memory_kib"] for end in ends))


# --- openssl ---------------------------------------------------------------------------------------------------------
def _raw(folder: Path, file: Path, receivers: int, *, keeps: bool = False) -> _Run:
    """`s_server` serves one connection after the other: for several receivers there are several servers. `keeps`:
    the clients write what comes to the disk."""
    certificate = folder / "openssl.pem"
    if not certificate.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=bench", "-days", "3",
             "-keyout", certificate, "-out", folder / "certificate.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        with certificate.open("ab") as both:
            both.write((folder / "certificate.pem").read_bytes())
    ports = [_free_port() for _ in range(receivers)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    servers = [
        subprocess.Popen(
            ["openssl", "s_server", "-accept", str(port), "-cert", certificate, "-HTTP", "-quiet", "-tls1_3"],
            cwd=file.parent,
            **quiet,
        )
        for port in ports
    ]
    clients: list[subprocess.Popen[bytes]] = []
    outputs = [folder / f"raw{port}" if keeps else Path(os.devnull) for port in ports]
    try:
        for port in ports:
            _wait_for(port)
        began, cpu = time.monotonic(), sum(cpu_seconds(server.pid) for server in servers)
        for port, output in zip(ports, outputs, strict=True):
            with output.open("wb") as out:
                client = subprocess.Popen(
                    ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-tls1_3"],
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                )
            clients.append(client)
            assert client.stdin is not None
            client.stdin.write(f"GET /{file.name} HTTP/1.0\r\n\r\n".encode())
            client.stdin.flush()
        mine = _children_cpu()
        for client in clients:
            client.wait(_PATIENCE_SECONDS)
        seconds = time.monotonic() - began
        cpu = sum(cpu_seconds(server.pid) for server in servers) - cpu + _children_cpu() - mine
    finally:
        for process in (*servers, *clients):
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        if keeps:
            for output in outputs:
                output.unlink(missing_ok=True)
    return _Run(seconds, cpu)


def _children_cpu() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            time.sleep(0.2)  # it ends that connection before it takes the next
            return
        except OSError:
            time.sleep(0.02)
    raise LoadFailed("openssl s_server does not listen")
