"""What is measured of a picture: known pictures give known facts, and no picture breaks it."""

import functools
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from render.assets.decode import decode_picture
from render.assets.facts import PictureMeasure
from render.assets.thumbnail import THUMBNAIL_BYTES, THUMBNAIL_PX, thumbnail
from tests.finding_rates import sun_rate
from tests.made_pictures import WORLDS, errors_deg, facts_of, light_of, shots, sphere, tilted, with_sun

HORIZONS = 11
FEWEST_FOUND = 10
OFF_DEG, WORSE_DEG = 0.5, 0.3


def test_horizons_of_rolled_and_cropped_landscapes_are_found():
    """Of one of each kind, at least ten within half a degree in height and in roll. Hardly any is found where it is not.

    `tests/finding_rates.py` counts them over more.
    """
    errors = []
    for index, shot in enumerate(shots(HORIZONS)):
        facts = facts_of(light_of(shot, as_jpeg=index % 2 == 1))
        errors.append((shot.kind, None if facts.horizon is None else max(errors_deg(shot, facts))))
    found = [error for _, error in errors if error is not None and error <= OFF_DEG]
    assert len(found) >= FEWEST_FOUND, errors


@functools.cache
def level_landscapes():
    return tuple((shot, light_of(shot)) for shot in shots(4, level=True))


def test_a_level_landscape_is_left_level():
    for shot, light in level_landscapes():
        facts = facts_of(light)
        if facts.horizon is not None:
            assert max(errors_deg(shot, facts)) <= WORSE_DEG, shot


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sphere_is_one_also_with_a_seam_of_light_and_a_part_of_it_is_not(seed):
    whole = sphere(seed=seed)
    facts = facts_of(whole)
    assert (facts.is_sphere, facts.horizon) == (True, None)
    assert facts.seam < 0.03
    brighter = facts_of(whole * np.linspace(1.0, 1.2, whole.shape[1])[:, None])
    assert brighter.is_sphere
    assert brighter.seam == pytest.approx(0.18, abs=0.03)
    assert not facts_of(whole[:, 100:228]).is_sphere
    assert not facts_of(whole[64:192, 100:356]).is_sphere


def test_landscapes_in_perspective_are_no_spheres():
    for shot, light in level_landscapes():
        rows = min(len(light), light.shape[1] // 2)
        assert not facts_of(light[len(light) - rows :, : 2 * rows]).is_sphere, shot


@functools.cache
def valley():
    return decode_picture(WORLDS / "valley.jpg")


def test_the_valley_that_is_shipped_is_a_sphere():
    assert valley().facts.is_sphere


@pytest.mark.parametrize(("tilt_deg", "roll_deg"), [(0.0, 0.0), (3.0, -5.0), (-6.0, 2.0)])
def test_the_horizon_of_a_tilted_sphere_is_found_all_the_way_round(tilt_deg, roll_deg):
    facts = facts_of(tilted(valley().pixels[::2, ::2], tilt_deg, roll_deg))
    assert facts.is_sphere
    assert facts.horizon == pytest.approx(0.5, abs=0.008)
    assert facts.tilt_deg == pytest.approx(tilt_deg, abs=0.4)
    assert facts.roll_deg == pytest.approx(roll_deg, abs=0.4)


@pytest.mark.data
@pytest.mark.parametrize("name", ["empty_warehouse_01_1k.hdr", "venice_sunset_1k.hdr", "night.exr"])
def test_panoramas_from_the_field_are_spheres_without_seam_or_uneven_poles(name):
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA names no folder with content/hdri")
    facts = decode_picture(Path(folder) / "content" / "hdri" / name).facts
    assert facts.is_sphere
    assert facts.seam < 0.05
    assert max(facts.pole_top, facts.pole_bottom) < 0.2
    assert (facts.clipped, facts.missing_stops) == (0.0, 0.0)


@pytest.mark.parametrize("elevation_deg", [2.0, 35.0, 80.0])
def test_a_sun_is_found_where_it_is_with_its_light_over_the_skys(elevation_deg):
    facts = facts_of(with_sun(0.3 * sphere(), elevation_deg, 8.0))
    assert facts.sun_deg == pytest.approx(elevation_deg, abs=0.5)
    assert facts.sun_over_sky == pytest.approx(8.0, rel=0.05)


def test_no_sun_is_found_in_a_sky_without_one_below_the_horizon_or_among_lamps():
    lamps = with_sun(sphere(), 20.0, 3.0) + np.roll(with_sun(sphere(), 30.0, 3.0), 200, axis=1)
    night = with_sun(1e-4 * sphere(), 20.0, 1e5)
    for light in (sphere(), with_sun(sphere(), -20.0, 8.0), lamps, np.minimum(night, 1.0)):
        assert facts_of(light).sun_deg is None


def test_suns_that_are_clipped_are_missed_rarely_and_none_is_said_to_lack_light_that_does_not():
    found = sun_rate(5)
    assert (found.missed, found.alarms) == (0, 0)


def test_clipped_light_counts_and_the_smaller_it_is_the_more_is_missing():
    scene = np.exp(np.random.default_rng(1).normal(-2.0, 1.0, (128, 256)))[..., None].repeat(3, axis=2)
    unclipped = facts_of(scene / (1.0 + scene))
    assert (unclipped.clipped, unclipped.missing_stops) == (0.0, 0.0)
    clipped = facts_of(np.minimum(scene, 1.0))
    assert clipped.clipped == pytest.approx(float((scene[..., 0] >= 1.0).mean()), abs=0.01)
    beyond = scene[scene >= 1.0].mean()
    assert clipped.missing_stops == pytest.approx(np.log2(beyond), abs=1.5)
    assert facts_of(np.minimum(scene, 4.0) / 4.0).missing_stops > clipped.missing_stops


def test_the_light_of_a_picture_is_told_in_nits():
    light = np.full((64, 100, 3), 0.18)
    light[:8] = 1000.0
    facts = facts_of(light)
    assert facts.mean_nits == pytest.approx(18.0 * 7 / 8 + 1000.0 / 8, rel=0.01)
    assert facts.median_nits == pytest.approx(18.0, rel=0.05)


def test_steps_of_a_gradient_are_bands_and_grain_or_more_bits_are_none():
    ramp = np.linspace(0.3, 0.5, 256)[:, None, None] + np.zeros((256, 256, 3))
    stepped = np.round(ramp * 255.0) / 255.0
    assert facts_of(stepped).bands > 0.8
    assert facts_of(ramp).bands == 0.0
    grain = np.random.default_rng(1).normal(0.0, 0.01, (256, 256, 1))
    assert facts_of(np.round((ramp + grain) * 255.0) / 255.0).bands < 0.02


def test_a_picture_that_was_made_larger_has_wider_edges():
    checks = (np.indices((32, 64)).sum(0) % 2 * 200 + 20).astype(np.uint8)
    picture = Image.fromarray(checks).resize((512, 256), Image.Resampling.NEAREST)
    blurred = Image.fromarray(checks).resize((512, 256), Image.Resampling.BILINEAR)
    sharp, soft = (
        facts_of((np.asarray(one) / 255.0)[..., None].repeat(3, axis=2)).detail_px for one in (picture, blurred)
    )
    assert sharp == pytest.approx(1.0, abs=0.1)
    assert soft > 3.0


def hostile():
    dice = np.random.default_rng(1)
    yield "one pixel", np.ones((1, 1, 3))
    yield "one row", dice.random((1, 500, 3))
    yield "one column", dice.random((500, 1, 3))
    yield "two", dice.random((2, 1, 3))
    yield "black", np.zeros((100, 200, 3))
    yield "white", np.ones((100, 200, 3))
    yield "noise", dice.random((300, 601, 3))
    yield "brightest", np.full((64, 128, 3), 1e9)
    yield "wide", dice.random((9, 16384, 3))
    yield "tall", dice.random((8192, 2, 3))
    yield "a bright pixel", np.eye(130, 131)[..., None] * np.array((0.0, 0.0, 1e9))


@pytest.mark.parametrize(("name", "light"), [pytest.param(*one, id=one[0]) for one in hostile()])
def test_no_picture_breaks_it(name, light):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facts = facts_of(light)
        small = thumbnail(np.asarray(light[:300, :300], np.float32))
    numbers = [getattr(facts, field) for field in facts.__struct_fields__]
    assert all(np.isfinite(number) for number in numbers if isinstance(number, float)), (name, facts)
    assert 0 < len(small) <= THUMBNAIL_BYTES


def test_facts_do_not_depend_on_the_bands_in_which_a_picture_comes():
    light = np.asarray(np.random.default_rng(1).random((333, 1001, 3)), np.float32)
    found = []
    for tall in (7, 64, 333):
        measure = PictureMeasure(*light.shape[:2])
        for top in range(0, len(light), tall):
            measure.add(top, light[top : top + tall])
        found.append(measure.facts(None))
    assert found[0].is_sphere == found[1].is_sphere == found[2].is_sphere
    for name in ("seam", "pole_top", "pole_bottom", "bands", "detail_px"):
        assert len({getattr(one, name) for one in found}) == 1


def test_a_thumbnail_is_small_and_shows_the_picture(tmp_path):
    light = np.asarray(np.random.default_rng(1).random((640, 320, 3)) * 40.0, np.float32)
    (tmp_path / "t.jpg").write_bytes(thumbnail(light))
    with Image.open(tmp_path / "t.jpg") as image:
        assert image.size == (THUMBNAIL_PX // 2, THUMBNAIL_PX)
        assert np.asarray(image).std() > 1.0
