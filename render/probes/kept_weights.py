"""The weights of a plan's probes as one matrix. Those of probes that stay where they are are kept.

Those of a probe take milliseconds, before a mesh many, so they are worked out on a niced thread.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from render.plan.probes import ProbePlan
from render.probes.centred import Lobes, lobes_of
from render.probes.weights import Surroundings

_NICENESS = 10

Probes = tuple[ProbePlan, ...]
Matrix = NDArray[np.float32]


class Weighed(NamedTuple):
    """The weights of probes, (probes, tiles), and their lobes."""

    probes: Probes
    weights: Matrix
    lobes: Lobes


class KeptWeights:
    """The newest matrix for probes among `surroundings`, and one in the making at most."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._rows: dict[ProbePlan, Matrix] = {}
        self._newest: Weighed | None = None
        self._thread: threading.Thread | None = None

    def of(self, probes: Probes) -> Weighed | None:
        """The weights of probes; None while they are being worked out, which begins here. Never waits."""
        if self._thread is not None and self._thread.is_alive():
            return None
        if self._newest is None or self._newest.probes != probes:
            places = {_place(probe) for probe in probes}
            if any(place not in self._rows for place in places):
                self._thread = threading.Thread(target=self._run, args=(probes,), name="probes", daemon=True)
                self._thread.start()
                return None
            self.work_out(probes)
        return self._newest

    def work_out(self, probes: Probes) -> None:
        """Works them out here."""
        kept, places = self._rows, [_place(probe) for probe in probes]
        self._rows = {place: kept[place] if place in kept else self._row(place) for place in dict.fromkeys(places)}
        rows = [self._rows[place] for place in places]
        weights = np.array(rows, np.float32).reshape(len(rows), self._surroundings.count)
        self._newest = Weighed(probes, weights, lobes_of(probes))

    def _row(self, probe: ProbePlan) -> Matrix:
        return self._surroundings.weights(probe).astype(np.float32)

    def _run(self, probes: Probes) -> None:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        self.work_out(probes)


def _place(probe: ProbePlan) -> ProbePlan:
    """What the weights depend on."""
    return msgspec.structs.replace(probe, clipped=False) if probe.clipped else probe
