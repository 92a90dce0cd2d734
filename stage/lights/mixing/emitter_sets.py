"""What is worked out once for each set of emitters: how they light the chart, and what any target asks of them.

The drives are those with which a chart under the emitters looks most like under the target's light: least squares of
the tristimulus values of its patches, with the white held by its weight (C. LeGendre et al., "Practical Multispectral
Lighting Reproduction", SIGGRAPH 2016). A target is a chromaticity. The chart under it is the chart under the nearest
white, adapted to the target by von Kries in the cones of Hunt, Pointer and Estevez: so it is sane for every colour,
its white is exact, and it is linear in the target's cone responses. Far from all whites the nearest one jumps; so there
it fades to a white in the middle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stage.lights.mixing.chart import CHART
from stage.lights.mixing.gamut import Gamut, gamut_of, seen_from_xy
from stage.lights.mixing.observer import OBSERVER
from stage.lights.mixing.spectra import EmittedLight
from stage.lights.mixing.whites import WHITES_MIRED, Numbers, white_spectra, whites_towards, xy_from_xyz

WHITE_WEIGHT = 100.0
RIDGE = 1e-4
"""How much drives weigh beside the chart: without it, emitters of much the same light would be exchanged at a touch."""
NEUTRAL_MIRED = 180.0
_WHITE_UV, _COLOURED_UV = 0.025, 0.06
"""Distances from the whites up to which the nearest one counts fully, and from which on it does not count."""

_CONES = np.array(((0.38971, 0.68898, -0.07868), (-0.22981, 1.18340, 0.04641), (0.0, 0.0, 1.0)))
_XYZ_FROM_CONES = np.linalg.inv(_CONES)


def _cones_of_chart(spectra: Numbers) -> Numbers:
    """Cone responses of the patches under lights over those of the lights themselves: lights x 24 x 3."""
    responses = np.einsum("lw,pw,cw->lpc", spectra, CHART, _CONES @ OBSERVER)
    return np.asarray(responses / (spectra @ (_CONES @ OBSERVER).T)[:, None, :])


_CHART_UNDER_WHITES = _cones_of_chart(white_spectra(WHITES_MIRED))


class EmitterSet(NamedTuple):
    """So many `emitters`, padded to the size of the arrays with ones that are never lit.

    `xyz` is emitters x 3, at full. The drives d minimise d . `squares` d / 2 - b . d; b of a target is
    `white` @ XYZ + (`chart` at the target's mired) @ (cone responses). `chart` is whites x emitters x 3.
    """

    emitters: int
    xyz: Numbers
    squares: Numbers
    white: Numbers
    chart: Numbers
    gamut: Gamut


def emitter_set(lights: list[EmittedLight], size: int) -> EmitterSet:
    """What mixing needs of these emitters (at least one), in arrays of `size` emitters."""
    count = len(lights)
    xyz = np.stack([one.xyz for one in lights])
    xyz = xyz * (count / xyz.sum())
    spectra = np.stack([one.spectrum for one in lights])
    chart = (_cones_of_chart(spectra) * (xyz @ _CONES.T)[:, None, :]) @ _XYZ_FROM_CONES.T
    squares, white, charts = np.eye(size), np.zeros((size, 3)), np.zeros((len(WHITES_MIRED), size, 3))
    weight = WHITE_WEIGHT**2
    seen = np.einsum("ipc,jpc->ij", chart, chart)
    squares[:count, :count] = seen + weight * (xyz @ xyz.T) + RIDGE * np.trace(seen) / count * np.eye(count)
    white[:count] = weight * xyz
    charts[:, :count] = np.einsum("ipk,kc,mpc->mic", chart, _XYZ_FROM_CONES, _CHART_UNDER_WHITES)
    padded = np.zeros((size, 3))
    padded[:count] = xyz
    gamut = gamut_of(seen_from_xy(xy_from_xyz(xyz)), size)
    return EmitterSet(emitters=count, xyz=padded, squares=squares, white=white, chart=charts, gamut=gamut)


def cones_of(xyz: Numbers) -> Numbers:
    """Cone responses of tristimulus values, along the last axis; never below 0."""
    return np.asarray(np.maximum(xyz @ _CONES.T, 0.0))


def white_for(xy: Numbers) -> Numbers:
    """The place among `WHITES_MIRED` (a number with fraction) of the white that stands for each chromaticity."""
    mired, distance = whites_towards(xy)
    share = np.clip((_COLOURED_UV - distance) / (_COLOURED_UV - _WHITE_UV), 0.0, 1.0)
    share = share * share * (3.0 - 2.0 * share)
    mired = NEUTRAL_MIRED + share * (mired - NEUTRAL_MIRED)
    return np.asarray((mired - WHITES_MIRED[0]) / (WHITES_MIRED[1] - WHITES_MIRED[0]))
