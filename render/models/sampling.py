"""The values of a movement at a time: all channels at once.

Khronos, "glTF 2.0 Specification", appendix C: step, linear, spherical linear and cubic spline interpolation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.model import Channel, Interpolation, Movement, Path
from render.models.node_matrices import Wide

_Places = NDArray[np.intp]
_NEARLY_ALIKE = 1.0 - 1e-7
"""Above this cosine of half their angle two rotations are mixed in a straight line: the arc is lost in rounding."""


class _Group(NamedTuple):
    """Channels of one path and interpolation. `rows` are where each one's values begin among all of them."""

    nodes: _Places
    clocks: _Places
    rows: _Places
    values: Wide
    is_turn: bool


class MovementSampler:
    """Samples one movement.

    Times that several channels share are looked up once, as a *clock*. All clocks stand in one rising list, each
    shifted by a span that is longer than any of them, so that one search finds the place in every one.
    """

    def __init__(self, movement: Movement) -> None:
        self._duration = movement.duration_s
        clocks: dict[bytes, int] = {}
        lists: list[Wide] = []
        for channel in movement.channels:
            key = channel.times_s.tobytes()
            if key not in clocks:
                clocks[key] = len(lists)
                lists.append(channel.times_s.astype(np.float64))
        numbers = [clocks[channel.times_s.tobytes()] for channel in movement.channels]
        self._first = np.array([times[0] for times in lists])
        self._last = np.array([times[-1] for times in lists])
        counts = np.array([len(times) for times in lists], dtype=np.intp)
        self._begin = np.concatenate([[0], np.cumsum(counts)])[:-1].astype(np.intp)
        self._latest = self._begin + np.maximum(counts - 2, 0)
        self._following = np.minimum(self._latest + 1, self._begin + counts - 1)
        self._shift = np.arange(len(lists)) * 2.0 * (self._duration + 1.0)
        self._times = np.concatenate(lists) if lists else np.zeros(0)
        self._shifted = self._times + np.repeat(self._shift, counts)
        self._groups = _grouped(movement.channels, numbers)
        self._morphs = [
            (channel, clock)
            for channel, clock in zip(movement.channels, numbers, strict=True)
            if channel.path == "weights"
        ]

    def sample(
        self, time_s: float, places: Wide, turns: Wide, scales: Wide, *, loops: bool
    ) -> dict[int, tuple[float, ...]]:
        """Writes what moves into places (n, 3), turns (n, 4) and scales (n, 3); gives weights by their nodes."""
        if not len(self._times):
            return {}
        when = min(max(time_s, 0.0), self._duration)
        if loops and self._duration > 0.0:
            when = math.fmod(time_s, self._duration)
            when += self._duration if when < 0.0 else 0.0
        key, part, span = self._found(when)
        into = {"translation": places, "rotation": turns, "scale": scales}
        for (path, interpolation), group in self._groups.items():
            at, share, seconds = key[group.clocks], part[group.clocks], span[group.clocks]
            mixed = _mixed(interpolation, group, at, share[:, None], seconds[:, None])
            into[path][group.nodes] = _made_unit(mixed) if path == "rotation" else mixed
        return {
            channel.node: self._weights(channel, key[clock], part[clock], span[clock])
            for channel, clock in self._morphs
        }

    def _found(self, when: float) -> tuple[_Places, Wide, Wide]:
        """For each clock: the key before, how far the time is to the next (0..1), and how many seconds lie between."""
        now = np.minimum(np.maximum(when, self._first), self._last)
        before = np.searchsorted(self._shifted, now + self._shift, side="right") - 1
        before = np.minimum(np.maximum(before, self._begin), self._latest)
        after = np.minimum(before + 1, np.maximum(self._following, before))
        span = self._times[after] - self._times[before]
        part = np.divide(now - self._times[before], span, out=np.zeros_like(span), where=span > 0.0)
        return before - self._begin, part, span

    @staticmethod
    def _weights(channel: Channel, key: int, part: float, span: float) -> tuple[float, ...]:
        group = _Group(
            np.zeros(1, np.intp), np.zeros(1, np.intp), np.zeros(1, np.intp), channel.values.astype(np.float64), False
        )
        at, share, seconds = np.array([key]), np.array([[part]]), np.array([[span]])
        return tuple(_mixed(channel.interpolation, group, at, share, seconds)[0].tolist())


def _grouped(channels: tuple[Channel, ...], clocks: list[int]) -> dict[tuple[Path, Interpolation], _Group]:
    by_kind: dict[tuple[Path, Interpolation], list[int]] = {}
    for place, channel in enumerate(channels):
        if channel.path != "weights":
            by_kind.setdefault((channel.path, channel.interpolation), []).append(place)
    return {
        kind: _Group(
            nodes=np.array([channels[place].node for place in places], dtype=np.intp),
            clocks=np.array([clocks[place] for place in places], dtype=np.intp),
            rows=np.cumsum([0, *(len(channels[place].values) for place in places[:-1])]).astype(np.intp),
            values=_followed([channels[place] for place in places]),
            is_turn=kind[0] == "rotation",
        )
        for kind, places in by_kind.items()
    }


def _followed(channels: list[Channel]) -> Wide:
    """The values of channels, one after the other; rotations of unit length where they are values, not slopes."""
    found = np.concatenate([channel.values for channel in channels]).astype(np.float64)
    if channels[0].path == "rotation" and channels[0].interpolation != "cubic":
        length = np.linalg.norm(found, axis=1, keepdims=True)
        found = np.divide(found, length, out=np.tile((0.0, 0.0, 0.0, 1.0), (len(found), 1)), where=length > 0.0)
    return found


def _mixed(interpolation: Interpolation, group: _Group, at: _Places, part: Wide, span: Wide) -> Wide:
    """The values of a group: `part` of the way from key `at` to the next, `span` seconds later."""
    if interpolation == "step":
        found: Wide = group.values[group.rows + at + (part[:, 0] >= 1.0)]
        return found
    return _linear(group, at, part) if interpolation == "linear" else _cubic(group, at, part, span)


def _linear(group: _Group, at: _Places, part: Wide) -> Wide:
    before = group.rows + at
    first, second = group.values[before], group.values[before + (part[:, 0] > 0.0)]
    return _slerp(first, second, part) if group.is_turn else first + (second - first) * part


def _slerp(first: Wide, second: Wide, part: Wide) -> Wide:
    """Along the shorter arc (appendix C.4)."""
    cosine = np.einsum("ij,ij->i", first, second)[:, None]
    second = np.where(cosine < 0.0, -second, second)
    cosine = np.abs(cosine)
    angle = np.arccos(np.minimum(cosine, 1.0))
    sine = np.where(cosine < _NEARLY_ALIKE, np.sin(angle), 1.0)
    is_arc = cosine < _NEARLY_ALIKE
    one = np.where(is_arc, np.sin((1.0 - part) * angle) / sine, 1.0 - part)
    two = np.where(is_arc, np.sin(part * angle) / sine, part)
    mixed: Wide = first * one + second * two
    return mixed


def _cubic(group: _Group, at: _Places, part: Wide, span: Wide) -> Wide:
    """Hermite spline (appendix C.5): each key has a slope before it, its value, and a slope after it."""
    before = group.rows + 3 * at
    after = before + 3 * (part[:, 0] > 0.0)
    value, slope_out = group.values[before + 1], group.values[before + 2]
    slope_in, later = group.values[after], group.values[after + 1]
    square = part * part
    cube = square * part
    mixed: Wide = (
        (2.0 * cube - 3.0 * square + 1.0) * value
        + span * (cube - 2.0 * square + part) * slope_out
        + (3.0 * square - 2.0 * cube) * later
        + span * (cube - square) * slope_in
    )
    return mixed


def _made_unit(turns: Wide) -> Wide:
    length = np.linalg.norm(turns, axis=1, keepdims=True)
    found: Wide = np.divide(turns, length, out=np.tile((0.0, 0.0, 0.0, 1.0), (len(turns), 1)), where=length > 0.0)
    return found
