"""A crowd: 1,000 members come at once, stay, and say nothing; 50 come back after a long time. What they cost."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.generator import Report, Running, Target
from tests.bench.latency import delays
from tests.bench.peers import MOSQUITTO
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, rate

_CROWD = 1000
_GROUP = 20  # who chat while the crowd comes
_A_SECOND = 20
_LATE = 50
_PING_SECONDS = 10  # in so large a room a silent client asks this often: each once while the host is watched
_LONG = 60.0  # the group chats until the crowd is in


def measure(setting: Setting) -> Iterator[Row]:
    with setting.host(lan=True) as host:
        idle = setting.load(host, members=_CROWD, at_once=50, warm_up=1 if setting.short else 10, seconds=_PING_SECONDS)
    yield _memory(idle)
    yield Row("idle host, 1,000 members", "≤ 1 % CPU", "", f"{idle.host_share:.2%}" + _trouble(idle),
              ok=idle.host_share <= 0.01, numbers={"host cpu": idle.host_share})  # fmt: skip
    yield _joins(setting)
    if not setting.short:
        yield _catching_up(setting)


def _memory(report: Report) -> Row:
    each = (report.memory_joined - report.memory_before) * 1.024 / report.members
    return Row("memory for each connected member", "≤ 320 kB", "48 kB", f"{each:.0f} kB", ok=each <= 320,
               numbers={"kB": each})  # fmt: skip


def _chat(setting: Setting, host: Target) -> Running:
    """A group chats, in a process of its own, so that the load it is to notice is not in its way."""
    signed = int(_A_SECOND * _LONG)
    group = setting.generator.start(host, members=_GROUP, rate=_A_SECOND, prepare=signed, warm_up=1, seconds=_LONG)
    group.wait_until_measuring()
    return group


def _joins(setting: Setting) -> Row:
    """All knock at the same moment."""
    with setting.host() as host:
        chat = _chat(setting, host)
        crowd = setting.generator.run(host, members=_CROWD, at_once=_CROWD, settle=0, seconds=0)
        group = chat.finish()
    ratio = "" if setting.short else _joins_of_mosquitto(setting, crowd)
    shown = f"{crowd.joins_per_second:,.0f}/s, the last after {ms(1000 * crowd.join_seconds)}; chat {delays(group)}"
    ok = crowd.joins_per_second >= 300 and group.p99 <= 250
    numbers = {"joins/s": crowd.joins_per_second, "chat p99 ms": group.p99, "join p99 ms": crowd.join_p99}
    what = f"{_CROWD:,} joins at once, {_GROUP} members chatting"
    return Row(what, "≥ 300/s, chat p99 ≤ 250 ms", "800/s, 50 ms", shown, ratio, ok, numbers)


def _joins_of_mosquitto(setting: Setting, ours: Report) -> str:
    with setting.peer(MOSQUITTO) as target:
        if not target:
            return "mosquitto is not installed"
        theirs = setting.generator.run(target, members=_CROWD, at_once=_CROWD, settle=0, seconds=0)
    times = ours.joins_per_second / theirs.joins_per_second
    return f"{times:.2f} times mosquitto ({theirs.joins_per_second:,.0f}/s)"


def _catching_up(setting: Setting) -> Row:
    """They missed more than a host holds in memory, so it must read its disk for each of them."""
    with setting.host() as host:
        past = setting.generator.run(host, members=10, posters=10, window=100, seconds=10, prepare=120_000)
        chat = _chat(setting, host)
        late = setting.generator.run(host, members=_LATE, at_once=_LATE, settle=0, seconds=10, from_start=1)
        group = chat.finish()
    shown = f"chat {delays(group)}; {rate(late.deliveries_per_second)} to those who catch up"
    what = f"{_LATE} members catch up {past.posts:,} entries, {_GROUP} members chatting"
    return Row(what, "chat p99 ≤ 250 ms", "", shown, ok=group.p99 <= 250, numbers={"chat p99 ms": group.p99})


def _trouble(report: Report) -> str:
    return f"; {report.trouble}" if report.trouble else ""
