"""Colours of mixed light: white exact, chart well rendered, drives smooth, and nothing that breaks for any target."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from rendering import rendering_index

from stage.bench.lights_mixing import EMITTERS, MIXTURES
from stage.fixtures.records import Emitter
from stage.lights.mixing.cells import Cell
from stage.lights.mixing.gamut import seen_from_xy
from stage.lights.mixing.mixed_cells import MixedCells
from stage.lights.mixing.spectra import emitted_lights
from stage.lights.mixing.whites import xy_of_white


def lights_of(letters):
    return emitted_lights(tuple(Emitter(name=EMITTERS[letter]) for letter in letters))


def cells_of(letters, count):
    lights = lights_of(letters)
    return MixedCells([Cell(0, "emitters", lights, b"", has_dimmer=False)] * count, len(lights))


def whites(kelvin, tint=0.0):
    mired = 1e6 / np.atleast_1d(np.asarray(kelvin, dtype=float))
    return xy_of_white(mired, np.full(mired.shape, tint))


@functools.cache
def index_of(letters, kelvin):
    drives, _ = cells_of(letters, 1).drives(whites(kelvin))
    lights = lights_of(letters)
    return rendering_index(sum(drive * one.spectrum for drive, one in zip(drives[0], lights, strict=True)))


@pytest.mark.parametrize(
    ("kelvin", "letters", "index"),
    [
        (3200, "RGB", 18.7),
        (3200, "RGBW", 92.4),
        (3200, "RGBWA", 95.0),
        (3200, "RGBACL", 95.9),
        (3200, "RGBWACL", 96.5),
        (5600, "RGB", 31.4),
        (5600, "RGBW", 94.4),
        (5600, "RGBACL", 94.9),
        (5600, "RGBWACL", 96.3),
    ],
)
def test_colours_are_rendered_as_well_as_a_solver_of_the_chart_does(kelvin, letters, index):
    print(f"{letters} at {kelvin} K: {index_of(letters, kelvin):.1f}")
    assert index_of(letters, kelvin) == pytest.approx(index, abs=0.5)


@pytest.mark.parametrize("kelvin", [3200, 5600])
@pytest.mark.parametrize("way", [("RGB", "RGBW", "RGBWA", "RGBWACL"), ("RGB", "RGBACL", "RGBWACL")])
def test_another_emitter_never_makes_the_light_worse(kelvin, way):
    indices = [index_of(letters, kelvin) for letters in way]
    assert all(more >= fewer - 0.5 for fewer, more in itertools.pairwise(indices))


@pytest.mark.parametrize("letters", ["RGB", *MIXTURES])
@pytest.mark.parametrize("tint", [-0.3, 0.0, 0.3, 1.0])
def test_whites_that_can_be_had_are_exact(letters, tint):
    xy = whites(np.linspace(2700.0, 10_000.0, 200), tint)
    cells = cells_of(letters, len(xy))
    drives, missed = cells.drives(xy)
    xyz = cells.xyz_of(drives)
    reachable = missed == 0.0
    assert reachable.all() or tint != 0.0
    assert np.abs(xyz[:, :2] / xyz.sum(axis=1, keepdims=True) - xy)[reachable].max() < 1e-5


@pytest.mark.parametrize("letters", ["RGB", *MIXTURES])
@pytest.mark.parametrize("tint", [-1.0, 0.0, 1.0])
def test_drives_change_by_two_percent_at_most_for_one_percent_of_the_target(letters, tint):
    xy = xy_of_white(np.linspace(100.0, 370.0, 3000), np.full(3000, tint))
    cells = cells_of(letters, len(xy))
    drives, _ = cells.drives(xy)
    alike = drives / cells.xyz_of(drives)[:, 1:2]
    wanted = np.column_stack((xy, 1.0 - xy.sum(axis=1))) / xy[:, 1:]
    changed = np.abs(np.diff(wanted, axis=0) / wanted[1:]).max(axis=1)
    steps = np.abs(np.diff(alike, axis=0)).max(axis=1) / alike.max()
    assert (steps <= 2.0 * changed).all()


@pytest.mark.parametrize("letters", MIXTURES)
def test_drives_have_no_jump_between_any_two_colours_that_are_close(letters):
    chosen = np.random.default_rng(5)
    ends = chosen.dirichlet((1.0, 1.0, 1.0), 20)[:, :2]
    share = np.linspace(0.0, 1.0, 400)[:, None]
    for first, last in zip(ends[::2], ends[1::2], strict=True):
        xy = first + share * (last - first)
        cells = cells_of(letters, len(xy))
        drives, _ = cells.drives(xy)
        finer = cells_of(letters, len(xy))
        largest = np.abs(np.diff(drives, axis=0)).max()
        at = np.abs(np.diff(drives, axis=0)).max(axis=1).argmax()
        within = xy[at] + share * (xy[at + 1] - xy[at])
        assert np.abs(np.diff(finer.drives(within)[0], axis=0)).max() < 0.1 * largest + 1e-9


@pytest.mark.parametrize("letters", ["R", "RB", "RGB", "WA", *MIXTURES])
def test_every_chromaticity_has_finite_drives_and_the_nearest_colour(letters):
    steps = np.linspace(0.0, 1.0, 41)
    xy = np.array([(x, y) for x in steps for y in steps])
    cells = cells_of(letters, len(xy))
    drives, missed = cells.drives(xy)
    assert np.isfinite(drives).all()
    assert (drives >= 0.0).all()
    assert drives.max(axis=1) == pytest.approx(1.0)
    xyz = cells.xyz_of(drives)
    given = seen_from_xy(xyz[:, :2] / xyz.sum(axis=1, keepdims=True))
    # Nothing that the emitters can give is nearer: neither one of them alone nor what is between two of them.
    assert np.linalg.norm(given - seen_from_xy(xy), axis=1) == pytest.approx(missed, abs=1e-3)
    for number in range(len(letters)):
        alone = np.zeros_like(drives)
        alone[:, number] = 1.0
        light = cells.xyz_of(alone)
        corner = seen_from_xy(light[:, :2] / light.sum(axis=1, keepdims=True))
        assert (missed <= np.linalg.norm(corner - seen_from_xy(xy), axis=1) + 1e-9).all()


def test_drives_do_not_depend_on_what_was_lit_before():
    chosen = np.random.default_rng(2)
    cells = cells_of("RGBWACL", 50)
    for _ in range(40):
        cells.drives(chosen.dirichlet((1.0, 1.0, 1.0), 50)[:, :2])
    xy = whites(np.linspace(2000.0, 20_000.0, 50))
    assert cells.drives(xy)[0] == pytest.approx(cells_of("RGBWACL", 50).drives(xy)[0], abs=1e-6)
