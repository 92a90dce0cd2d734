"""Light of emitters and whites: known chromaticities, and what emitters are taken for that say little of themselves."""

from __future__ import annotations

import numpy as np
import pytest

from stage.fixtures.records import Emitter
from stage.lights.mixing.names import usual_light
from stage.lights.mixing.observer import OBSERVER
from stage.lights.mixing.spectra import emitted_lights
from stage.lights.mixing.whites import nearest_whites, white_spectra, xy_from_xyz, xy_of_white


def xy_of(light):
    return light.xyz[:2] / light.xyz.sum()


@pytest.mark.parametrize(
    ("kelvin", "xy"),
    [
        (2856, (0.44754, 0.40743)),
        (3200, (0.42336, 0.39895)),
        (5600, (0.33016, 0.34555)),
        (6500, (0.31278, 0.32918)),
        (10_000, (0.27880, 0.29197)),
    ],
)
def test_whites_are_where_the_tables_have_them(kelvin, xy):
    found = xy_from_xyz(white_spectra(np.array(1e6 / kelvin)) @ OBSERVER.T)[0]
    assert found == pytest.approx(xy, abs=2e-4)
    assert xy_of_white(np.array([1e6 / kelvin]), np.zeros(1))[0] == pytest.approx(found, abs=2e-4)


@pytest.mark.parametrize("tint", [-1.0, -0.4, 0.0, 0.4, 0.9])
def test_the_nearest_white_of_a_tinted_white_is_the_one_that_was_tinted(tint):
    mired = 1e6 / np.array([2000.0, 2700.0, 3200.0, 3900.0, 4500.0, 5600.0, 6500.0, 10_000.0, 20_000.0])
    found, distance = nearest_whites(xy_of_white(mired, np.full(mired.shape, tint)))
    assert found == pytest.approx(mired, abs=0.5)
    assert -distance / 0.02 == pytest.approx(np.full(mired.shape, tint), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Warm White", "warm white"),
        ("ColorAdd_RY", "amber"),
        ("ColorAdd_W", "white"),
        ("LED 2 Red", "red"),
        ("UV", "ultraviolet"),
        ("coolWhite", "cold white"),
        ("Pixel A blue", "blue"),
        ("GY", "lime"),
    ],
)
def test_emitters_are_known_by_the_names_of_libraries(name, like):
    assert usual_light(name) == usual_light(like) is not None


def test_a_name_that_says_nothing_is_no_light():
    assert emitted_lights((Emitter(name="Zoom"),)) == (None,)


def test_an_emitter_that_eyes_hardly_see_is_not_mixed():
    assert emitted_lights((Emitter(name="UV"), Emitter(name="LED", spectrum=((380.0, 1.0), (400.0, 0.0))))) == (
        None,
        None,
    )


@pytest.mark.parametrize("xy", [(0.69, 0.30), (0.17, 0.70), (0.14, 0.05), (0.45, 0.41), (0.31, 0.33), (0.32, 0.16)])
@pytest.mark.parametrize("name", ["red", "LED"])
def test_a_known_chromaticity_is_kept_exactly(name, xy):
    (light,) = emitted_lights((Emitter(name=name, xy=xy),))
    assert xy_of(light) == pytest.approx(xy, abs=1e-9)
    likely = OBSERVER @ light.spectrum
    assert np.abs(likely[:2] / likely.sum() - xy).max() < 0.06


def test_a_white_led_has_its_temperature():
    (light,) = emitted_lights((Emitter(name="LED", temperature_k=3000.0),))
    mired, distance = nearest_whites(xy_of(light)[None])
    assert mired == pytest.approx(1e6 / 3000.0, abs=0.5)
    assert distance == pytest.approx(0.0, abs=1e-4)


def test_a_measured_spectrum_of_any_step_keeps_its_light():
    # A line of 1 nm between two points of the grid has the colour of its wavelength, 532 nm.
    line = ((531.5, 0.0), (531.6, 1.0), (532.4, 1.0), (532.5, 0.0))
    (light,) = emitted_lights((Emitter(name="laser", spectrum=line),))
    assert xy_of(light) == pytest.approx((0.170, 0.797), abs=0.02)


def test_luminance_is_as_stated_or_as_usual():
    red, green = emitted_lights((Emitter(name="red", luminance=3.0), Emitter(name="green", luminance=6.0)))
    assert (red.xyz[1], green.xyz[1]) == pytest.approx((3.0, 6.0))
    usual = emitted_lights((Emitter(name="red"), Emitter(name="green")))
    mixed = emitted_lights((Emitter(name="red", luminance=3.0), Emitter(name="green")))
    assert mixed[1].xyz[1] / mixed[0].xyz[1] == pytest.approx(usual[1].xyz[1] / usual[0].xyz[1])
