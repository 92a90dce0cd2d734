"""What is said of pictures: only what holds, in words, and every cure cures."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.shared.facts import PictureFacts, SpherePart
from render.worlds.shared.values import LayerValues
from stage.show.air.remark import Remark
from stage.show.air.remarks import exposure_remarks, picture_remarks
from stage.show.air.remarks_of_pictures import sun_remarks
from stage.show.air.sight import CameraSight, Sight, WallSight, sight_of
from stage.words.sentences import sentence
from tests.building import camera, stage

SIGHT = Sight(
    walls=(WallSight("main", 1024, 120.0),),
    cameras=(CameraSight("A", 35.0, 1080, 32.27), CameraSight("B", 85.0, 1920, 24.0)),
)
PLAIN = PictureFacts(columns=8192, rows=4096, is_sphere=True, mean_nits=40.0, median_nits=20.0)
FLAT = PictureFacts(columns=8000, rows=4500, horizon=0.38, roll_deg=5.0)
SHARES, DEGREES = st.floats(0.0, 1.0), st.floats(-14.0, 14.0)
FACTS = st.builds(
    PictureFacts,
    columns=st.integers(1, 16384),
    rows=st.integers(1, 8192),
    part=st.none() | st.builds(SpherePart, span_deg=st.floats(1.0, 360.0)),
    is_sphere=st.booleans(),
    horizon=st.none() | SHARES,
    roll_deg=DEGREES,
    tilt_deg=DEGREES,
    seam=st.floats(0.0, 2.0),
    pole_top=SHARES,
    pole_bottom=SHARES,
    clipped=SHARES,
    missing_stops=st.floats(0.0, 5.0),
    bands=SHARES,
    detail_px=st.floats(0.0, 9.0),
)
VALUES = st.builds(
    LayerValues,
    projection=st.sampled_from(["sphere", "flat"]),
    flip=st.booleans(),
    horizon=SHARES,
    span_deg=st.just(360.0) | st.floats(10.0, 360.0),
    width_deg=st.floats(1.0, 170.0),
    roll_deg=st.floats(-180.0, 180.0),
    tilt_deg=st.floats(-90.0, 90.0),
    seam_deg=st.floats(0.0, 30.0),
    expand_stops=st.floats(0.0, 6.0),
    soften_deg=st.floats(0.0, 10.0),
)


def said(facts: PictureFacts, values: LayerValues | None = None, sight: Sight = SIGHT) -> dict[str, Remark]:
    return {remark.code: remark for remark in picture_remarks("street", facts, values or LayerValues(), sight)}


@given(FACTS, VALUES)
def test_a_cure_cures_and_can_be_set(facts: PictureFacts, values: LayerValues) -> None:
    for remark in picture_remarks("street", facts, values, SIGHT):
        assert not sentence(remark.code, remark.values).startswith(remark.code)
        fixed = {path.removeprefix("/layer/street/"): value for path, value in remark.fix.items()}
        if fixed:
            cured = msgspec.convert(msgspec.to_builtins(msgspec.structs.replace(values, **fixed)), LayerValues)
            assert remark.code not in said(facts, cured)


@given(FACTS, VALUES)
def test_all_cures_together_leave_nothing_that_they_cure(facts: PictureFacts, values: LayerValues) -> None:
    for _ in range(2):  # what is placed flat may then be tilted
        fixes = [dict(remark.fix) for remark in picture_remarks("street", facts, values, SIGHT)]
        every = {path.rpartition("/")[2]: value for fix in fixes for path, value in fix.items()}
        values = msgspec.structs.replace(values, **every)
    assert not any(remark.fix for remark in picture_remarks("street", facts, values, SIGHT))


def test_nothing_is_said_of_a_good_picture() -> None:
    assert said(msgspec.structs.replace(PLAIN, columns=16384, rows=8192), sight=Sight()) == {}


def test_a_picture_that_is_stretched_over_a_sphere_is_placed_flat() -> None:
    assert said(FLAT)["not_a_sphere"].fix == {"/layer/street/projection": "flat"}
    part = msgspec.structs.replace(FLAT, part=SpherePart(span_deg=180.0))
    assert "not_a_sphere" not in said(part)
    assert "not_a_sphere" not in said(msgspec.structs.replace(PLAIN, is_sphere=False, seam=0.3))


def test_a_flat_picture_is_put_level_and_at_eye_height() -> None:
    found = said(FLAT, LayerValues(projection="flat"))
    assert found["horizon_off"].fix == {"/layer/street/horizon": 0.38}
    assert found["horizon_tilted"].fix == {"/layer/street/roll_deg": -5.0}
    mirrored = said(FLAT, LayerValues(projection="flat", flip=True))
    assert mirrored["horizon_tilted"].fix == {"/layer/street/roll_deg": 5.0}
    turned = said(msgspec.structs.replace(FLAT, roll_deg=0.0), LayerValues(projection="flat", roll_deg=3.0))
    assert str(turned["horizon_tilted"].fix["/layer/street/roll_deg"]) == "0.0"  # a person reads it
    unknown = msgspec.structs.replace(FLAT, horizon=None)
    assert not {"horizon_off", "horizon_tilted"} & set(said(unknown, LayerValues(projection="flat")))


def test_a_seam_and_uneven_poles_are_told_of_spheres_alone() -> None:
    facts = msgspec.structs.replace(PLAIN, seam=0.2, pole_bottom=0.5)
    assert said(facts)["seam_seen"].fix == {"/layer/street/seam_deg": 10.0}
    assert said(facts)["nadir_uneven"].fix == {}
    assert not {"seam_seen", "nadir_uneven"} & set(said(facts, LayerValues(projection="flat")))


def test_clipped_light_is_expanded_by_what_is_missing() -> None:
    facts = msgspec.structs.replace(PLAIN, clipped=0.02, missing_stops=2.3)
    assert said(facts)["highlights_clipped"].fix == {"/layer/street/expand_stops": 2.3}
    assert "highlights_clipped" not in said(msgspec.structs.replace(facts, missing_stops=0.4))


def test_a_sun_lacks_what_the_real_one_has_at_its_height_beside_a_clear_sky() -> None:
    def lacks(sun_deg: float | None, share: float) -> object:
        remarks = tuple(sun_remarks(msgspec.structs.replace(PLAIN, sun_deg=sun_deg, sun_over_sky=share)))
        return [remark.values["stops"] for remark in remarks]

    assert lacks(30.0, 14.0) == lacks(None, 0.0) == lacks(0.2, 0.01) == lacks(30.0, 0.0) == []
    assert lacks(30.0, 14.0 / 2.0**6) == [pytest.approx(6.0, abs=0.1)]
    assert lacks(3.0, 14.0 / 2.0**6) == [pytest.approx(5.5, abs=0.1)]


def test_softness_is_told_as_a_director_would_ask_for_another_picture() -> None:
    facts = msgspec.structs.replace(PLAIN, columns=4096, rows=2048)
    sight = Sight(cameras=(CameraSight("A", 35.0, 1080, 32.2672),))
    remark = said(facts, sight=sight)["sphere_soft_at_camera"]
    assert sentence(remark.code, remark.values) == (
        "camera A: soft at 35 mm: 367 picture pixels across the frame's 1080; ask for a flat picture at least 1080 "
        "wide, or soften it"
    )
    assert remark.fix == {"/layer/street/soften_deg": 0.18}
    upscaled = said(msgspec.structs.replace(facts, detail_px=4.0), sight=sight)["sphere_soft_at_camera"]
    assert upscaled.values["found"] == 184
    assert said(facts, sight=Sight(walls=(WallSight("main", 1024, 90.0),))) == {}
    flat = said(FLAT, LayerValues(projection="flat", width_deg=120.0), sight)
    assert "flat_soft_at_camera" not in flat


@pytest.mark.parametrize(
    ("nits", "code", "stops"),
    [(400.0, "brighter_than_on_air", -3.3), (4.0, "darker_than_on_air", 3.3), (60.0, None, 0.0), (0.0, None, 0.0)],
)
def test_a_world_much_brighter_or_darker_than_what_is_on_air_is_matched(
    nits: float, code: str | None, stops: float
) -> None:
    found = list(exposure_remarks("square", 0.0, nits, 40.0))
    assert [remark.code for remark in found] == ([] if code is None else [code])
    for remark in found:
        assert remark.fix == {"/worlds/square/exposure_stops": stops}
        assert not list(exposure_remarks("square", stops, nits * 2.0**stops, 40.0))


@given(
    nits=st.floats(0.02, 900.0), on_air=st.floats(0.02, 900.0), stops=st.floats(-6.0, 4.0), grade=st.floats(-4.0, 4.0)
)
def test_no_world_is_turned_black_or_into_day_by_matching_it(
    nits: float, on_air: float, stops: float, grade: float
) -> None:
    for remark in exposure_remarks("square", stops, nits, on_air, grade):
        for matched in remark.fix.values():
            assert isinstance(matched, float)
            matched_nits = nits * 2.0 ** (matched - stops)
            assert matched_nits >= 0.9 * min(nits, 6.0 * 2.0**-grade)
            assert matched <= 4.0
            assert not list(exposure_remarks("square", matched, matched_nits, on_air, grade))


def test_a_day_beside_a_night_stays_a_day_on_which_something_is_seen() -> None:
    (remark,) = exposure_remarks("square", 0.0, 30.0, 0.5)
    assert remark.values == {"stops": 5.9}
    assert remark.fix == {"/worlds/square/exposure_stops": -2.3}
    assert not list(exposure_remarks("square", 0.0, 30.0, 0.5, grade_stops=-1.8))
    (night,) = exposure_remarks("square", 0.0, 0.5, 30.0)
    assert (night.code, night.fix) == ("darker_than_on_air", {})
    assert not list(exposure_remarks("square", 0.0, 2.0, 0.2))


def test_walls_and_cameras_are_seen_as_wide_as_they_are() -> None:
    built = stage(camera(focal_length_mm=35.0))
    sight = sight_of(built.config, built.calibration.surfaces)
    (seen,) = sight.cameras
    assert (seen.columns, seen.focal_mm) == (1920, 35.0)
    assert seen.width_deg == pytest.approx(54.43, abs=0.01)
    assert len(sight.walls) == len(built.config.walls)
    assert all(0.0 < wall.width_deg <= 360.0 for wall in sight.walls)
