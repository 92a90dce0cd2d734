"""Health says when a camera's frame passes the edge of a picture: of a flat one and of a part of a sphere."""

import math

import pytest

from render.worlds.shared.facts import PictureFacts
from stage.show.frame.inputs import AssetReady
from tests.building import camera, set_to, stage, step
from tests.fold.show.air_stage import SHA256, layer, world

CODE = "picture_edge_in_frame"
HALF_DEG = math.degrees(math.atan(18.0 / 35.0))
"""Half of what a 35 mm lens sees of 36 mm."""


def built(columns=1600, rows=1600, **keys):
    lens = camera(focal_length_mm=35.0, sensor_mm=[36.0, 20.25])
    show = stage(lens, world("valley", layer(file="valley.exr", **keys))).show()
    facts = PictureFacts(columns=columns, rows=rows)
    step(show, 0, aim(), observations=[AssetReady(file="valley.exr", sha256=SHA256["valley"], facts=facts)])
    return show


def aim(pan_deg=0.0, tilt_deg=0.0, **place):
    manual = {"x_m": 0.0, "y_m": 0.0, "z_m": 1.5, "pan_deg": pan_deg, "tilt_deg": tilt_deg, **place}
    return {f"/camera/A/manual/{name}": value for name, value in manual.items()}


def edges_at(show, frame, **place):
    health = step(show, frame, aim(**place)).health
    return [(one.values["side"], one.values["by_deg"]) for one in health if one.code == CODE]


def test_a_frame_inside_the_picture_is_no_finding_and_one_beyond_says_the_side_and_by_how_much():
    show = built(projection="flat", width_deg=80.0)
    assert edges_at(show, 1) == []
    assert edges_at(show, 2, pan_deg=40.0 - HALF_DEG - 0.5) == []
    assert edges_at(show, 3, pan_deg=20.0) == [("left", math.ceil(20.0 + HALF_DEG - 40.0))]
    finding = next(one for one in step(show, 4).health if one.code == CODE)
    assert (finding.severity, finding.values["camera"], finding.values["world"]) == ("warning", "A", "valley")


@pytest.mark.parametrize(
    ("turn", "tilt", "side"), [(-30.0, 0.0, "left"), (30.0, 0.0, "right"), (0.0, -40.0, "top"), (0.0, 40.0, "bottom")]
)
@pytest.mark.parametrize(
    "keys", [{"projection": "flat", "width_deg": 80.0}, {"projection": "sphere", "span_deg": 80.0}]
)
def test_a_turned_picture_is_passed_on_the_other_side(turn, tilt, side, keys):
    show = built(turn_deg=turn, tilt_deg=tilt, **keys)
    ((found, by_deg),) = edges_at(show, 1)
    assert found == side
    assert by_deg > 1.0


def test_a_picture_at_a_distance_is_passed_by_a_camera_that_moves_aside():
    show = built(projection="flat", width_deg=80.0, distance_m=5.0)
    assert edges_at(show, 1) == []
    ((side, _),) = edges_at(show, 2, x_m=3.0)
    assert side == "right"


def test_a_whole_sphere_and_a_band_sideways_have_no_edge():
    assert edges_at(built(2048, 1024, projection="sphere"), 1, pan_deg=170.0) == []
    band = built(4096, 1024, projection="sphere")
    assert edges_at(band, 1, pan_deg=170.0) == []
    assert [side for side, _ in edges_at(band, 2, tilt_deg=45.0)] == ["top"]


def test_it_goes_when_the_picture_is_widened():
    show = built(projection="flat", width_deg=40.0)
    assert edges_at(show, 1) != []
    step(show, 2, set_to("/layer/valley/width_deg", 120.0))
    assert [edges_at(show, frame) for frame in range(3, 200)][-1] == []
