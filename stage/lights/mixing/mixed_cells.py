"""Cells whose emitters are driven one by one: all of them are solved at once, whatever emitters each has."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stage.lights.mixing.cells import Cell
from stage.lights.mixing.emitter_sets import EmitterSet, cones_of, emitter_set, white_for
from stage.lights.mixing.gamut import nearest_inside, seen_from_xy, xy_from_seen
from stage.lights.mixing.solving import Lit, Solver
from stage.lights.mixing.spectra import EVEN_LIGHT
from stage.lights.mixing.whites import Numbers, xy_of_white

FILM_WHITES_K: Numbers = np.linspace(3200.0, 5600.0, 9)
USUAL_WHITES_K: Numbers = np.linspace(2700.0, 10_000.0, 33)
_Whole = npt.NDArray[np.int64]


class MixedCells:
    """Finds the drives of cells for chromaticities. Only cells whose target has changed are solved again.

    Drives follow from the chromaticity alone, continuously, so no emitter flickers; what was lit last is only where the
    search begins.
    """

    def __init__(self, cells: list[Cell], size: int) -> None:
        """`size` is the number of columns for emitters; every cell has one emitter at least."""
        kinds: dict[bytes, int] = {}
        sets: list[EmitterSet] = []
        for cell in cells:
            if cell.kind not in kinds:
                kinds[cell.kind] = len(sets)
                sets.append(emitter_set(list(cell.emitters), size))
        self._which = np.array([kinds[cell.kind] for cell in cells], dtype=np.int64)
        if not sets:
            sets.append(emitter_set([EVEN_LIGHT], size))  # so that all arrays have a row, which no cell reads
        self._solver = Solver(np.stack([one.squares for one in sets]))
        self._xyz, self._white, self._chart, self._starts, self._steps = (
            np.stack(arrays)
            for arrays in zip(
                *((one.xyz, one.white, one.chart, one.gamut.starts, one.gamut.steps) for one in sets), strict=True
            )
        )
        self._is_area = np.array([one.gamut.is_area for one in sets])
        counts = np.array([one.emitters for one in sets])
        self._usable = np.arange(size) < counts[:, None]
        self._cells_xyz = self._xyz[self._which]
        most = self._luminances(len(sets), FILM_WHITES_K).max(axis=1)
        self._full = most[self._which]
        self.steady = (self._luminances(len(sets), USUAL_WHITES_K).min(axis=1) / most)[self._which]
        """The level of all cells that they reach in every white of `USUAL_WHITES_K`."""
        self.has_colour = counts[self._which] > 1
        self._lit = self._usable[self._which]
        self._asked = np.full((len(cells), 2), np.nan)
        self._drives = np.zeros((len(cells), size))
        self.brightness = np.zeros(len(cells))
        """The luminance of all cells at the drives found last, as a share of their full light."""
        self._missed = np.zeros(len(cells))

    def drives(self, xy: Numbers) -> tuple[Numbers, Numbers]:
        """Drives for chromaticities, the largest of each cell 1, and by how much (in u', v') their colours miss them.

        A colour that cannot be had becomes the nearest that can.
        """
        changed = np.flatnonzero((xy != self._asked).any(axis=1))
        if changed.size:
            lit = self._lit[changed]
            self._asked[changed] = xy[changed]
            self._drives[changed], self._missed[changed] = self._solved(self._which[changed], xy[changed], lit)
            self._lit[changed] = lit
            self.brightness = self.levels(self.xyz_of(self._drives))
        return self._drives, self._missed

    def levels(self, xyz: Numbers) -> Numbers:
        """The luminance of all cells that give these tristimulus values, as a share of their full light.

        Full light is the most that a fixture gives in any of the whites of film lights, so that the same level is as
        bright in every colour. In other colours a fixture may not get there.
        """
        return np.asarray(xyz[:, 1] / self._full)

    def xyz_of(self, drives: Numbers) -> Numbers:
        """Tristimulus values of all cells at these drives."""
        return np.asarray(np.einsum("ki,kij->kj", drives, self._cells_xyz))

    def _luminances(self, sets: int, kelvin: Numbers) -> Numbers:
        """The most luminance of each set of emitters in these whites: sets x whites."""
        which = np.repeat(np.arange(sets), kelvin.size)
        whites = xy_of_white(1e6 / kelvin, np.zeros_like(kelvin))
        drives, _ = self._solved(which, np.tile(whites, (sets, 1)), self._usable[which])
        return np.asarray(np.einsum("ki,ki->k", drives, self._xyz[which][..., 1]).reshape(sets, -1))

    def _solved(self, which: _Whole, xy: Numbers, lit: Lit) -> tuple[Numbers, Numbers]:
        """Drives and misses of these sets of emitters. The search begins with those that are `lit`, and changes it."""
        found, missed = nearest_inside(seen_from_xy(xy), self._starts[which], self._steps[which], self._is_area[which])
        xy = xy_from_seen(found)
        xyz = np.concatenate((xy, 1.0 - xy.sum(axis=1, keepdims=True)), axis=1)
        place = white_for(xy)
        first = np.minimum(place.astype(np.int64), self._chart.shape[1] - 2)
        share = (place - first)[:, None, None]
        chart = (1.0 - share) * self._chart[which, first] + share * self._chart[which, first + 1]
        wanted = np.einsum("kic,kc->ki", chart, cones_of(xyz)) + np.einsum("kic,kc->ki", self._white[which], xyz)
        drives = self._solver.solve(which, wanted, lit)
        # A weight alone leaves the white a little off. What it lacks is asked for on top (the method of multipliers).
        lacks = xyz - np.einsum("ki,kij->kj", drives, self._xyz[which])
        drives = self._solver.solve(which, wanted + np.einsum("kic,kc->ki", self._white[which], lacks), lit)
        return drives / np.maximum(drives.max(axis=1, keepdims=True), 1e-12), missed
