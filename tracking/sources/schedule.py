"""When each sample of a played motion is sent: what a network does to packets, repeatable from a seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import msgspec

from tracking.records import Record

JitterKind = Literal["uniform", "normal", "exponential"]
Milliseconds = Annotated[float, msgspec.Meta(ge=0.0, le=60_000.0)]
Probability = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Disturbance(Record):
    """What happens between sampling and sending.

    Every sample waits `delay_ms` plus a random time by `jitter`, never less: uniform from 0 to `jitter_ms`, the
    absolute value of a normal variate with that standard deviation, or exponential with that mean. Packets queue, so
    jitter alone never reorders them. `loss`, `reorder` (held back until the next one is sent) and `duplicate` (sent
    twice in a row) are probabilities per sample. The same `seed` gives the same times and affects the same packets.
    """

    seed: int = 0
    delay_ms: Milliseconds = 0.0
    jitter_ms: Milliseconds = 0.0
    jitter: JitterKind = "normal"
    loss: Probability = 0.0
    reorder: Probability = 0.0
    duplicate: Probability = 0.0


class Dispatch(NamedTuple):
    """One packet to send: when, in nanoseconds since the motion's start, and the sample that it carries."""

    send_ns: int
    sample: int


def sampled_ns(index: int, rate_hz: float) -> int:
    """When sample `index` is taken, nanoseconds since the motion's start."""
    return round(index * 1e9 / rate_hz)


def schedule(rate_hz: float, disturbance: Disturbance, count: int | None = None) -> Iterator[Dispatch]:
    """Dispatches of `count` samples (None: endless) at `rate_hz`, in the order of sending."""
    waits = random.Random(f"{disturbance.seed} waits")  # noqa: S311  repeatable on purpose
    fates = random.Random(f"{disturbance.seed} fates")  # noqa: S311
    queue_free_ns = 0
    held: list[int] = []
    for index in itertools.count() if count is None else range(count):
        queue_free_ns = max(queue_free_ns, sampled_ns(index, rate_hz) + _wait_ns(waits, disturbance))
        lost, late, doubled = fates.random(), fates.random(), fates.random()
        copies = [index, index] if doubled < disturbance.duplicate else [index]
        if lost < disturbance.loss:
            copies = []
        if late < disturbance.reorder and not held:
            held = copies
            continue
        yield from (Dispatch(queue_free_ns, sent) for sent in (*copies, *held))
        held = []
    yield from (Dispatch(queue_free_ns, sent) for sent in held)


def _wait_ns(waits: random.Random, disturbance: Disturbance) -> int:
    spread_ms = disturbance.jitter_ms
    jitter_ms = 0.0
    if spread_ms > 0.0 and disturbance.jitter == "uniform":
        jitter_ms = waits.uniform(0.0, spread_ms)
    elif spread_ms > 0.0 and disturbance.jitter == "normal":
        jitter_ms = abs(waits.normalvariate(0.0, spread_ms))
    elif spread_ms > 0.0:
        jitter_ms = waits.expovariate(1.0 / spread_ms)
    return round((disturbance.delay_ms + jitter_ms) * 1e6)
