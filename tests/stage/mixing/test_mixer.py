"""From targets to slots: bits, curves, dimmers, bars, patches, and fixtures that mix by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from stage.bench.lights_mixing import mixture
from stage.fixtures.records import Channel, Emitter, FixtureProfile, Mode
from stage.lights.mixing.gamut import seen_from_xy
from stage.lights.mixing.mixer import LightsMixer
from stage.lights.mixing.records import MixedLight
from stage.lights.mixing.targets import targets_after, targets_of
from stage.lights.mixing.whites import xy_of_white
from tracking.records import ConfigError

D56 = (0.33016, 0.34544)
RGB = ("red", "green", "blue")


def light(*channels, emitters=RGB, cells=1, slots=64, curve="linear", minimum=0.0, temperature_k=None):
    mode = Mode(name="m", slots=slots, channels=channels, cells=cells)
    lit = tuple(Emitter(name=name) for name in emitters)
    profile = FixtureProfile(name="p", emitters=lit, modes=(mode,), temperature_k=temperature_k)
    return MixedLight(profile=profile, mode="m", curve=curve, minimum=minimum)


def rgb(first=1, cell=0, **more):
    return tuple(
        Channel(offset=first + number, attribute="emitter", emitter=name, cell=cell, **more)
        for number, name in enumerate(RGB)
    )


def slots_of(lights, targets, patch=(1, 1), universe=1):
    return LightsMixer(lights).mix(targets_of(targets), patch).universes[universe]


def given_of(mixed):
    return np.array(mixed.given).reshape(-1, 3)


def test_a_virtual_dimmer_dims_all_emitters_alike():
    full, half = (slots_of([light(*rgb())], (*D56, level))[:3] for level in (0.6, 0.3))
    assert np.array(list(half)) == pytest.approx(np.array(list(full)) / 2.0, abs=1.0)
    assert slots_of([light(*rgb())], (*D56, 0.0)) == bytes(3)


def test_a_dimmer_of_the_fixtures_own_takes_the_level_and_the_emitters_keep_the_colour():
    fixture = light(Channel(offset=1, attribute="intensity"), *rgb(2))
    dim, bright = (slots_of([fixture], (*D56, level)) for level in (0.1, 0.5))
    assert dim[1:4] == bright[1:4]
    assert max(slots_of([fixture], (*D56, 5.0))[1:4]) == 255
    assert bright[0] == pytest.approx(5 * dim[0], abs=3)


@pytest.mark.parametrize("letters", ["RGB", "RGBW", "RGBACL"])
def test_a_dimmer_stands_while_a_colour_changes_unless_the_fixture_gives_all_it_can(letters):
    mired = np.linspace(100.0, 370.0, 40)
    targets = np.column_stack((xy_of_white(mired, np.zeros_like(mired)), np.full(mired.size, 0.2))).ravel().tolist()
    mixed = LightsMixer([mixture(letters)] * mired.size).mix(
        targets_of(targets), [n for one in range(40) for n in (1 + one, 1)]
    )
    dimmers = {slots[:2] for slots in mixed.universes.values()}
    assert len(dimmers) == 1
    assert given_of(mixed)[:, 2] == pytest.approx(0.2, abs=1e-4)
    assert given_of(mixed)[:, :2] == pytest.approx(np.array(targets).reshape(-1, 3)[:, :2], abs=1e-4)


def test_sixteen_bits_are_coarse_and_fine():
    fixture = light(Channel(offset=2, fine=1, attribute="intensity"), emitters=())
    slots = slots_of([fixture], (*D56, 0.3))
    assert 256 * slots[1] + slots[0] == round(0.3 * 65535)


@pytest.mark.parametrize(("curve", "value"), [("linear", 0.25), ("square", 0.5), ("s", 0.32635)])
def test_a_dimmers_curve_is_undone(curve, value):
    fixture = light(Channel(offset=1, fine=2, attribute="intensity"), emitters=(), curve=curve)
    mixed = LightsMixer([fixture]).mix(targets_of((*D56, 0.25)), (1, 1))
    assert int.from_bytes(mixed.universes[1][:2], "big") / 65535 == pytest.approx(value, abs=1e-4)
    assert mixed.given[2] == pytest.approx(0.25, abs=1e-4)


def test_curves_keep_the_colour_of_a_virtual_dimmer():
    for curve in ("square", "s"):
        given = given_of(LightsMixer([light(*rgb(), curve=curve)]).mix(targets_of((*D56, 0.4)), (1, 1)))[0]
        assert given == pytest.approx((*D56, 0.4), abs=5e-3)


def test_a_lamp_gives_no_level_at_which_it_would_flicker_but_its_least_or_none_whichever_is_nearer():
    dimmed = light(Channel(offset=1, attribute="intensity"), emitters=(), minimum=0.1)
    levels = (0.0, 0.001, 0.049, 0.051, 0.5)
    assert [slots_of([dimmed], (*D56, level))[0] for level in levels] == [0, 0, 0, 26, 128]
    alone = light(*rgb(), minimum=0.1)
    assert max(slots_of([alone], (*D56, 0.001))) == 0
    assert set(slots_of([alone], (*D56, 0.1))[:3]) <= {0, *range(25, 256)}


def test_what_is_not_light_is_held_and_strobes_are_open():
    fixture = light(
        Channel(offset=1, attribute="intensity"),
        Channel(offset=2, attribute="strobe", points=((0.0, 20.0), (0.8, 1.0), (1.0, 0.0)), default=0.4),
        Channel(offset=3, attribute="strobe", default=0.2),
        Channel(offset=4, attribute="pan", default=0.5),
        Channel(offset=5, attribute="fixed", default=1.0),
        emitters=(),
    )
    for level in (0.0, 1.0):
        assert list(slots_of([fixture], (*D56, level))[1:5]) == [255, 51, 128, 255]


def test_an_emitter_of_no_known_light_stays_dark():
    fixture = light(*rgb(), Channel(offset=4, attribute="emitter", emitter="UV"), emitters=(*RGB, "UV"))
    assert slots_of([fixture], (*D56, 0.5))[3] == 0


def test_a_bar_has_a_colour_for_each_cell_and_its_master_open():
    bar = light(Channel(offset=1, attribute="intensity"), *rgb(2), *rgb(5, cell=1), *rgb(8, cell=2), cells=3)
    slots = slots_of([bar], (0.6, 0.33, 0.1, 0.2, 0.68, 0.1, *D56, 0.0))
    assert slots[0] == 255
    assert slots[1] > slots[2]
    assert slots[5] > slots[4]
    assert slots[7:10] == bytes(3)


def test_later_lights_win_and_what_leaves_a_universe_is_dropped():
    dimmer = light(Channel(offset=1, fine=2, attribute="intensity"), emitters=())
    mixer = LightsMixer([dimmer, dimmer, dimmer])
    mixed = mixer.mix(targets_of((*D56, 1.0, *D56, 0.5, *D56, 1.0)), (4, 1, 4, 2, 7, 512))
    assert mixed.universes.keys() == {4, 7}
    assert mixed.universes[4][:3] == bytes((255, 128, 0))
    assert mixed.universes[7] == bytes(511) + b"\xff"
    moved = mixer.mix(targets_of((*D56, 1.0, *D56, 0.5, *D56, 0.0)), (4, 11, 4, 2, 4, 100))
    assert moved.universes.keys() == {4}
    assert moved.universes[4][10:12] == b"\xff\xff"


@pytest.mark.parametrize("kelvin", [2800.0, 4300.0, 6000.0])
@pytest.mark.parametrize("tint", [-0.5, 0.0, 0.5])
def test_a_fixture_of_whites_gets_temperature_and_tint(kelvin, tint):
    fixture = light(
        Channel(offset=1, attribute="intensity"),
        Channel(offset=2, fine=3, attribute="temperature", points=((0.0, 10_000.0), (1.0, 2000.0))),
        Channel(offset=4, fine=5, attribute="tint"),
        emitters=(),
    )
    xy = xy_of_white(np.array([1e6 / kelvin]), np.array([tint]))[0]
    mixed = LightsMixer([fixture]).mix(targets_of((*xy, 0.5)), (1, 1))
    slots = mixed.universes[1]
    assert int.from_bytes(slots[1:3], "big") / 65535 == pytest.approx((10_000.0 - kelvin) / 8000.0, abs=1e-3)
    assert int.from_bytes(slots[3:5], "big") / 65535 == pytest.approx((tint + 1.0) / 2.0, abs=2e-3)
    assert given_of(mixed)[0, :2] == pytest.approx(xy, abs=5e-4)
    assert mixed.clipped == ()


@pytest.mark.parametrize("attributes", [("hue", "saturation"), ("temperature", "hue", "saturation"), ("x", "y")])
def test_a_fixture_that_mixes_by_itself_gives_any_colour_that_it_can(attributes):
    channels = (Channel(offset=2 * n + 2, fine=2 * n + 3, attribute=one) for n, one in enumerate(attributes))
    fixture = light(Channel(offset=1, attribute="intensity"), *channels, emitters=(), temperature_k=(2700.0, 6500.0))
    for xy in (D56, (0.55, 0.35), (0.3, 0.5), (0.2, 0.15), (0.42, 0.4)):
        mixed = LightsMixer([fixture]).mix(targets_of((*xy, 1.0)), (1, 1))
        assert given_of(mixed)[0, :2] == pytest.approx(xy, abs=1e-3)
        assert mixed.clipped == ()


def test_what_cannot_be_had_is_reported_and_nearly_given():
    mixer = LightsMixer([light(*rgb())])
    assert mixer.mix(targets_of((*D56, 0.9)), (1, 1)).clipped == ()
    assert LightsMixer([light(*rgb())]).mix(targets_of((0.1, 0.8, 0.1)), (1, 1)).clipped == (0,)
    over = LightsMixer([light(*rgb())]).mix(targets_of((*D56, 3.0)), (1, 1))
    assert over.clipped == (0,)
    assert max(over.universes[1]) == 255
    assert given_of(over)[0, :2] == pytest.approx(D56, abs=2e-3)
    assert given_of(over)[0, 2] == pytest.approx(1.0, abs=0.02)
    # A lamp without colours is asked for none.
    dimmer = light(Channel(offset=1, attribute="intensity"), emitters=("tungsten",))
    mixed = LightsMixer([dimmer]).mix(targets_of((0.2, 0.2, 1.0)), (1, 1))
    assert mixed.clipped == ()
    assert given_of(mixed)[0, :2] == pytest.approx((0.42336, 0.39895), abs=1e-3)


@pytest.mark.parametrize(("levels", "same"), [((0.2, 0.7), True), ((0.2, -1.0), False)])
def test_where_levels_alone_move_the_colours_are_the_same_array(levels, same):
    before, after = ((0.3, 0.3, 0.1, *D56, 0.5), (0.3, 0.3, levels[0], *D56, levels[1]))
    first = targets_of(before)
    then = targets_after(first, before, after)
    assert (then.xy is first.xy) is same
    assert then.level.tolist() == [levels[0], max(levels[1], 0.0)]
    assert targets_after(first, before, (0.31, *after[1:])).xy is not first.xy


def test_the_same_level_is_as_bright_in_every_colour():
    given = [
        given_of(LightsMixer([mixture("RGBW")]).mix(targets_of((x, y, 0.05)), (1, 1)))[0] for x, y in ((0.6, 0.33), D56)
    ]
    assert [level for _, _, level in given] == pytest.approx([0.05, 0.05], rel=1e-3)


def test_a_colour_that_jumps_is_there_in_a_few_ticks_and_a_dark_lamp_at_once():
    mixer = LightsMixer([mixture("RGBW")])
    red, blue = (0.68, 0.31, 0.01), (0.16, 0.06, 0.01)
    mixer.mix(targets_of(red), (1, 1))
    way = [given_of(mixer.mix(targets_of(blue), (1, 1)))[0] for _ in range(12)]
    assert way[-1][:2] == pytest.approx(blue[:2], abs=2e-3)
    seen = seen_from_xy(np.array([one[:2] for one in way]))
    assert np.linalg.norm(np.diff(seen, axis=0), axis=1).max() < 0.1
    mixer.mix(targets_of((*blue[:2], 0.0)), (1, 1))
    assert given_of(mixer.mix(targets_of(red), (1, 1)))[0, :2] == pytest.approx(red[:2], abs=2e-3)


def a_day():
    """Targets of one cell from 2000 to 20,000 K, whose tint wanders, at a level that all of them have."""
    chosen = np.random.default_rng(4)
    mired, tint = np.linspace(500.0, 50.0, 300), np.clip(chosen.normal(0.0, 0.05, 300).cumsum(), -1.0, 1.0)
    return [(*xy, 0.3) for xy in xy_of_white(mired, tint).tolist()]


def test_the_same_calls_give_the_same_bytes():
    lights = [mixture("RGBWACL"), mixture("RGBW", fine=False, dimmer=False), light(*rgb())]
    first, second = LightsMixer(lights), LightsMixer(lights)
    for targets in a_day()[::3]:
        mixed, again = (mixer.mix(targets_of(targets * 3), (1, 1, 1, 40, 1, 80)) for mixer in (first, second))
        assert (mixed.universes, mixed.clipped, mixed.given) == (again.universes, again.clipped, again.given)


@pytest.mark.parametrize("letters", ["RGB", "RGBW", "RGBWACL"])
def test_drives_follow_a_whole_day_without_steps(letters):
    mixer = LightsMixer([mixture(letters, dimmer=False)])
    last = None
    for x, y, level in a_day():
        mixed = mixer.mix(targets_of((x, y, level)), (1, 1))
        sent = np.frombuffer(mixed.universes[1], dtype=">u2")[: len(letters)] / 65535.0
        wanted = np.array((x / y, 1.0, (1.0 - x - y) / y))
        if last is not None:
            changed = np.abs(wanted / last[1] - 1.0).max()
            # Near its ends reds and blues alone make the colour, and there is no other way to it.
            assert np.abs(sent - last[0]).max() <= 3.0 * changed + 1e-4
        last = sent, wanted


def test_no_target_breaks_a_mixer():
    lights = [mixture("RGBWA"), light(*rgb(), emitters=("red",)), light(Channel(offset=1, attribute="x"), emitters=())]
    mixer = LightsMixer(lights)
    for bad in (float("nan"), float("inf"), -1.0, 0.0, 1e300, 1.0):
        for other in (float("nan"), 0.0, 1.0, -5.0):
            mixed = mixer.mix(targets_of((bad, other, 1.0, other, bad, 1.0, 0.3, 0.3, bad)), (1, 1, 1, 20, 1, 600))
            assert np.isfinite(mixed.given).all()
    with pytest.raises(ValueError, match="expected 3 and 6"):
        mixer.mix(targets_of((0.3, 0.3, 1.0)), (1, 1))
    assert LightsMixer([]).mix(targets_of(()), ()).universes == {}


def test_a_mode_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="found 'x', expected one of: m"):
        LightsMixer([light(*rgb())._replace(mode="x")])
