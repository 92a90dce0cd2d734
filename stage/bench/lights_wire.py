"""Measures what a running stage pays for the wire to its lights: the lights process, and the loop beside it."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from stage.bench.loop import benchmark_run, next_event, priority_is_granted
from stage.control.client import Client
from stage.dmx.sacn import SLOTS_AT
from stage.dmx.universes import MOST_SLOTS, SACN_PORT
from stage.lights.rounds import FASTEST_HZ
from stage.run.events import ReadyEvent, SummaryEvent
from tracking.records import ConfigError, Record

UNIVERSES = 16
FOUR_COLOURS, WHITE = "generic_rgbw_16bit", "generic_cct_16bit"
LOOPBACK = "127.0.0.1"
RECEIVER = "127.0.0.5"
"""Where packets go: an address of this machine alone, at which nothing listens."""
_SERVICE = b"stage.lights.service"
_SETTLES_S = 2.0
_BARE_TICKS = 132
_WIRE = f"""
[dmx]
interface = "{LOOPBACK}"
multicast = false
nodes = ["{RECEIVER}"]
"""
_LIGHT = """
[[lights]]
name = "lamp {number}"
fixture = "{fixture}"
universe = {universe}
address = {address}
position_m = [{x}, 2.0, 3.0]
aim_m = [0.0, 0.0, 1.5]
intensity = 1.0
"""


class WireFigures(Record):
    """One number for each pair of runs, without lights and with a light in each of `universes`. The grand master fades
    in both.

    `core_share` is the processor time of the lights process as a share of one core, at `rate_hz` ticks a second, and
    `bare_share` what a bare loop pays that sleeps and sends as many packets as often, after each pair.
    `one_share` is the same as `core_share` where one light fades and all others stand, in a run of its own after the
    pairs, and `standing_share` where all stand: the usual case of a stage.
    `without_p99_ms` and `with_p99_ms` are processor time of the loop in a frame, `times` the median of their
    quotients; `late_without_p99_ms` and `late_with_p99_ms` are how late frames were shown. `missed` are the frames of
    the runs without, and with.
    """

    universes: int
    rate_hz: float
    core_share: tuple[float, ...]
    bare_share: tuple[float, ...]
    one_share: float
    standing_share: float
    without_p99_ms: tuple[float, ...]
    with_p99_ms: tuple[float, ...]
    times: float
    late_without_p99_ms: tuple[float, ...]
    late_with_p99_ms: tuple[float, ...]
    missed: tuple[int, int]


class _Watched(NamedTuple):
    share: float
    rate_hz: float


def light_tables(fixtures: Sequence[str], a_universe: int) -> str:
    """The wire, and lights that are these fixtures of at most 10 channels, so many of them in each universe."""
    lights = (
        _LIGHT.format(
            number=number,
            fixture=fixture,
            universe=1 + number // a_universe,
            address=1 + 10 * (number % a_universe),
            x=round(0.1 * number, 1),
        )
        for number, fixture in enumerate(fixtures)
    )
    return _WIRE + "".join(lights)


def measure_wire(pairs: int, seconds: float) -> WireFigures:
    """Runs the benchmark's stage in pairs of so many seconds. Raises ConfigError where it does not start."""
    priority, lights = priority_is_granted(), light_tables([FOUR_COLOURS] * UNIVERSES, 1)
    plain: list[SummaryEvent] = []
    lit: list[SummaryEvent] = []
    watched: list[_Watched] = []
    bare: list[float] = []
    for _ in range(pairs):
        with benchmark_run(seconds, priority=priority) as stage, _fading(next_event(stage), seconds):
            plain.append(_summary(next_event(stage)))
        with benchmark_run(seconds, priority=priority, more=lights) as stage:
            with _fading(next_event(stage), seconds) as client:
                watched.append(_watch(client, stage.pid, seconds))
            lit.append(_summary(next_event(stage)))
        bare.append(_bare_share())
    with (
        benchmark_run(2 * seconds, priority=priority, more=lights) as stage,
        _fading(next_event(stage), seconds, "/light/lamp-0/intensity") as client,
    ):
        one = _watch(client, stage.pid, seconds).share
        standing = _watch(client, stage.pid, seconds).share
    return WireFigures(
        universes=UNIVERSES,
        rate_hz=statistics.median(one.rate_hz for one in watched),
        core_share=tuple(one.share for one in watched),
        bare_share=tuple(bare),
        one_share=one,
        standing_share=standing,
        without_p99_ms=tuple(one.cpu_ms.p99 for one in plain),
        with_p99_ms=tuple(one.cpu_ms.p99 for one in lit),
        times=statistics.median(b.cpu_ms.p99 / a.cpu_ms.p99 for a, b in zip(plain, lit, strict=True)),
        late_without_p99_ms=tuple(one.lateness_ms.p99 for one in plain),
        late_with_p99_ms=tuple(one.lateness_ms.p99 for one in lit),
        missed=(sum(one.missed for one in plain), sum(one.missed for one in lit)),
    )


def processor_ns(pid: int) -> int:
    """For how long all threads of a process have run."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text(encoding="ascii").split()[0]) for thread in threads)


@contextmanager
def _fading(ready: ReadyEvent | SummaryEvent, seconds: float, path: str = "/lights/master") -> Iterator[Client]:
    """Fades a value for so long, all lights if nothing else is said; a stage without lights fades the same one."""
    assert isinstance(ready, ReadyEvent)
    with Client(ready.control, timeout_s=10.0) as client:
        client.set(path, 0.05, seconds)
        yield client


def _watch(client: Client, supervisor: int, seconds: float) -> _Watched:
    """Looks at the lights process in the midst of a run."""
    time.sleep(_SETTLES_S)
    pid = _lights_process(supervisor)
    ran_ns, begun_ns = processor_ns(pid), time.monotonic_ns()
    time.sleep(max(0.5, seconds - 2 * _SETTLES_S))
    share = (processor_ns(pid) - ran_ns) / (time.monotonic_ns() - begun_ns)
    return _Watched(share, float(client.status()["lights"]["rate_hz"]))


def _bare_share() -> float:
    """The share of a core that sending a packet to each universe costs by itself, with nothing to do but to wake."""
    packet = bytes(SLOTS_AT + MOST_SLOTS)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as udp:
        ran_ns, begun_ns = time.thread_time_ns(), time.monotonic_ns()
        for tick in range(1, _BARE_TICKS + 1):
            time.sleep(max(0.0, begun_ns * 1e-9 + tick / FASTEST_HZ - time.monotonic()))
            for _ in range(UNIVERSES):
                udp.sendto(packet, (RECEIVER, SACN_PORT))
        return (time.thread_time_ns() - ran_ns) / (time.monotonic_ns() - begun_ns)


def _lights_process(supervisor: int) -> int:
    """The lights process on the wire among the children of a run: the first of them, since the other stands by."""
    for thread in Path(f"/proc/{supervisor}/task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            if _SERVICE in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    raise ConfigError("bench lights: found no lights process, expected one; see the messages of the run above")


def _summary(event: ReadyEvent | SummaryEvent) -> SummaryEvent:
    assert isinstance(event, SummaryEvent)
    return event
