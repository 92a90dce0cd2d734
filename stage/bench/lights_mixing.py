"""Times the mixing of many cells, and measures how exact and how smooth their colours are."""

from __future__ import annotations

import statistics
import time

import numpy as np

from stage.fixtures.records import Attribute, Channel, Emitter, FixtureProfile, Mode
from stage.lights.mixing.cells import Cell, lay_out
from stage.lights.mixing.mixed_cells import MixedCells
from stage.lights.mixing.mixer import LightsMixer
from stage.lights.mixing.records import MixedLight
from stage.lights.mixing.spectra import EmittedLight
from stage.lights.mixing.targets import Targets, targets_of
from stage.lights.mixing.whites import Numbers, xy_of_white
from stage.loading.fixtures import FIXTURES, read_fixture, shipped_fixtures
from stage.run.realtime import without_collector
from tracking.records import Record

CELLS = 200
EMITTERS = {
    "R": "red",
    "G": "green",
    "B": "blue",
    "W": "white",
    "A": "amber",
    "C": "cyan",
    "L": "lime",
    "I": "indigo",
    "M": "mint",
}
MIXTURES = ("RGBW", "RGBWA", "RGBACL", "RGBWACL", "RGBWACLIM")
WHITES_MIRED = np.linspace(1e6 / 10_000.0, 1e6 / 2700.0, 400)
STEPPED_K = (2700.0, 10_000.0)
_STEPS = 1000
_WARM_UP = 20


class DriveSteps(Record):
    """The largest change of a drive in whites of 2700 to 10,000 K, as a share of full, at a luminance that all of them
    have: where the tristimulus values of the target change by 1 %, and where its kelvin do.
    """

    light: float
    kelvin: float


class MixingFigures(Record):
    """`cells` of mixed kinds, whose targets all change in every tick: processor times in ms, the first from
    nothing.

    White errors are the largest in x or y over 2700 to 10,000 K of all mixtures: as solved, and as given by channels of
    16 and 8 bits. `steps` are those of each shipped fixture whose emitters are mixed, and of each mixture.
    """

    cells: int
    first_ms: float
    median_ms: float
    p99_ms: float
    white_error: float
    white_error_16_bit: float
    white_error_8_bit: float
    steps: dict[str, DriveSteps]


def mixture(letters: str, *, fine: bool = True, dimmer: bool = True) -> MixedLight:
    """A light with these emitters (letters of `EMITTERS`), with 16 or 8 bits, with or without a dimmer."""
    stride = 2 if fine else 1
    followed: list[tuple[Attribute, str]] = [("intensity", "")] if dimmer else []
    followed += [("emitter", EMITTERS[letter]) for letter in letters]
    channels = tuple(
        Channel(
            offset=1 + stride * number,
            fine=2 + stride * number if fine else None,
            attribute=attribute,
            emitter=name,
        )
        for number, (attribute, name) in enumerate(followed)
    )
    emitters = tuple(Emitter(name=EMITTERS[letter]) for letter in letters)
    mode = Mode(name="all", slots=stride * len(channels), channels=channels)
    return MixedLight(profile=FixtureProfile(name=letters, emitters=emitters, modes=(mode,)), mode="all")


def measure_mixing(ticks: int) -> MixingFigures:
    """Mixes so many ticks of a day's random walk with the garbage collector off."""
    lights = [_kind(number) for number in range(CELLS)]
    patch = [number for at in range(CELLS) for number in (1 + at // 20, 1 + 25 * (at % 20))]
    targets = _walk(CELLS, ticks + _WARM_UP)
    durations = []
    with without_collector():
        mixer = LightsMixer(lights)
        for row in targets:
            begun = time.thread_time()
            mixer.mix(targets_of(row), patch)
            durations.append((time.thread_time() - begun) * 1e3)
    warm = sorted(durations[_WARM_UP:])
    sets = {letters: emitters_of(mixture(letters)) for letters in MIXTURES}
    return MixingFigures(
        cells=CELLS,
        first_ms=durations[0],
        median_ms=statistics.median(warm),
        p99_ms=warm[int(len(warm) * 0.99)],
        white_error=max(_white_error(emitters) for emitters in sets.values()),
        white_error_16_bit=max(_rounded(letters, fine=True) for letters in MIXTURES),
        white_error_8_bit=max(_rounded(letters, fine=False) for letters in MIXTURES),
        steps={name: drive_steps(emitters) for name, emitters in (shipped_emitters() | sets).items()},
    )


def shipped_emitters() -> dict[str, tuple[EmittedLight, ...]]:
    """The emitters of each shipped fixture that has enough of them for every white, by its name."""
    profiles = {name: read_fixture(FIXTURES / f"{name}.toml") for name in shipped_fixtures()}
    found = {
        name: emitters_of(MixedLight(profile=profile, mode=profile.modes[0].name)) for name, profile in profiles.items()
    }
    return {name: emitters for name, emitters in found.items() if len(emitters) > 2}


def emitters_of(light: MixedLight) -> tuple[EmittedLight, ...]:
    """The emitters of a light's first cell."""
    return lay_out((light,))[0][0].emitters


def drive_steps(emitters: tuple[EmittedLight, ...]) -> DriveSteps:
    """How smoothly the drives of these emitters follow a white."""
    kelvin = np.geomspace(*STEPPED_K, _STEPS)
    xy = xy_of_white(1e6 / kelvin, np.zeros_like(kelvin))
    drives, xyz = _solved(emitters, xy)
    alike = drives / xyz[:, 1:2]
    wanted = np.column_stack((xy[:, 0], xy[:, 1], 1.0 - xy.sum(axis=1))) / xy[:, 1:]
    steps = 0.01 * np.abs(np.diff(alike, axis=0)).max(axis=1) / alike.max()
    changed = np.abs(np.diff(wanted, axis=0) / wanted[1:]).max(axis=1)
    return DriveSteps(light=float((steps / changed).max()), kelvin=float((steps / np.diff(np.log(kelvin))).max()))


def _kind(number: int) -> MixedLight:
    """Fixtures of all kinds in turns: of several mixtures, with and without a dimmer, and such as mix by themselves."""
    own: tuple[tuple[Channel, ...], ...] = (
        (
            Channel(offset=1, attribute="intensity"),
            Channel(offset=2, attribute="temperature", points=((0.0, 2000.0), (1.0, 10_000.0))),
            Channel(offset=3, attribute="tint"),
        ),
        (
            Channel(offset=1, attribute="intensity"),
            Channel(offset=2, attribute="hue"),
            Channel(offset=3, attribute="saturation"),
        ),
    )
    turn = number % (len(MIXTURES) + len(own))
    if turn < len(MIXTURES):
        return mixture(MIXTURES[turn], dimmer=number % 2 == 0)
    channels = own[turn - len(MIXTURES)]
    mode = Mode(name="all", slots=3, channels=channels)
    return MixedLight(profile=FixtureProfile(name="own", modes=(mode,)), mode="all")


def _walk(cells: int, ticks: int) -> list[list[float]]:
    """Targets of cells whose temperature, tint and level wander, each in its own way."""
    chosen = np.random.default_rng(1)
    steps = chosen.normal(0.0, (3.0, 0.02, 0.02), (ticks, cells, 3)).cumsum(axis=0) + chosen.random((cells, 3)) * 100.0
    swing = np.abs(steps / (450.0, 2.0, 1.0) % 2.0 - 1.0)
    xy = xy_of_white(50.0 + 450.0 * swing[..., 0], 2.0 * swing[..., 1] - 1.0)
    return [row.ravel().tolist() for row in np.concatenate((xy, swing[..., 2:]), axis=-1)]


def _white_error(emitters: tuple[EmittedLight, ...]) -> float:
    xy = xy_of_white(WHITES_MIRED, np.zeros_like(WHITES_MIRED))
    _, xyz = _solved(emitters, xy)
    return float(np.abs(xyz[:, :2] / xyz.sum(axis=1, keepdims=True) - xy).max())


def _solved(emitters: tuple[EmittedLight, ...], xy: Numbers) -> tuple[Numbers, Numbers]:
    """Drives and tristimulus values of cells with these emitters, one for each chromaticity."""
    cells = MixedCells([Cell(0, "emitters", emitters, b"", has_dimmer=False)] * len(xy), len(emitters))
    drives, _ = cells.drives(xy)
    return drives, cells.xyz_of(drives)


def _rounded(letters: str, *, fine: bool) -> float:
    """The largest error of whites as channels of 16 or 8 bits give them at full."""
    xy: Numbers = xy_of_white(WHITES_MIRED, np.zeros_like(WHITES_MIRED))
    mixer = LightsMixer([mixture(letters, fine=fine)] * WHITES_MIRED.size)
    mixed = mixer.mix(Targets(xy, np.ones(len(xy))), [1, 1] * WHITES_MIRED.size)
    return float(np.abs(np.array(mixed.given).reshape(-1, 3)[:, :2] - xy).max())
