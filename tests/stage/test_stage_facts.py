"""What pages are told of a stage: its geometry as numbers, and the takes in its folder."""

import itertools
import json
import shutil
from pathlib import Path

import msgspec
import pytest

from calibration.rasters.forms import wall_form
from stage.config.survey.plan import plan_of, view_corners
from stage.doctor.plan.view import hull
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.panel.stage_facts import StageFacts, facts_of, shape_of
from stage.takes.listing import TakesListing

ROOT = Path(__file__).parents[2]
TAKES = ROOT / "tests" / "takes"


@pytest.fixture(scope="module")
def facts():
    return json.loads(msgspec.json.encode(facts_of(load_config(ROOT / "hw_configs" / "sim_three_walls.toml"))))


def test_every_wall_has_an_outline_that_a_view_from_any_side_can_be_drawn_of(facts):
    assert [wall["name"] for wall in facts["walls"]] == [wall["name"] for wall in facts["plan"]["walls"]]
    for wall in facts["walls"]:
        below, above = ([point[edge] for point in wall["outline"]] for edge in ("lower_m", "upper_m"))
        assert len(below) > 1
        assert all(
            high[2] - low[2] == pytest.approx(wall["size_m"][1], abs=0.02)
            for low, high in zip(below, above, strict=False)
        )
        across = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(below))
        assert across >= 0.98 * wall["size_m"][0]


def test_cameras_trackers_and_frame_lines_are_named(facts):
    assert {camera["tracker"] for camera in facts["cameras"]} <= {one["name"] for one in facts["trackers"]}
    assert facts["cameras"][0]["frame_lines"] == [] == facts["cameras"][0]["lenses"]
    assert facts["rate_hz"] > 0
    assert facts["plan"]["origins"]


def test_a_stage_has_a_shape_before_it_is_measured(facts, tmp_path):
    config = ROOT / "hw_configs" / "sim_three_walls.toml"
    shape = json.loads(msgspec.json.encode(StageFacts(config, None).shape))
    assert shape["walls"] == [wall["resolution_px"] for wall in facts["walls"]]
    assert (shape["film"], shape["lines"]) == (facts["cameras"][0]["resolution_px"], [])
    assert (shape["lights"], StageFacts(ROOT / "hw_configs" / "sim_lights.toml", None).shape["lights"]) == (False, True)
    assert StageFacts(None, None).shape is None
    assert StageFacts(tmp_path / "gone.toml", None).shape is None


def test_a_stage_without_a_camera_has_a_shape():
    config = load_config(ROOT / "hw_configs" / "sim_three_walls.toml").config
    assert shape_of(msgspec.structs.replace(config, cameras=()))["film"] is None


def test_what_a_camera_sees_is_four_corners_at_its_distance():
    loaded = load_config(ROOT / "hw_configs" / "sim_valley.toml")
    positions, _ = load_geometry(loaded)
    plan = plan_of(loaded.config, (wall_form("main", positions["main"]),))
    camera = plan.cameras[0]
    corners = view_corners(camera, 2.0)
    assert corners[0] == pytest.approx((-2.0 * 18 / 35, 2.0, -2.0 * 10.125 / 35))
    assert corners[2] == pytest.approx((2.0 * 18 / 35, 2.0, 2.0 * 10.125 / 35))
    unknown = msgspec.structs.replace(camera, half_view=None)
    assert view_corners(unknown, 2.0) == (pytest.approx((0.0, 2.0, 0.0)),)


def test_a_hull_leaves_out_what_is_inside():
    assert hull([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (0, 0)]) == [(0, 0), (2, 0), (2, 2), (0, 2)]
    assert hull([(1, 1), (1, 1)]) == [(1, 1)]


def test_takes_are_listed_with_the_newest_first_and_damage_is_named(tmp_path):
    shutil.copy(TAKES / "two_freed_cameras.mcap", tmp_path / "scene.mcap")
    shutil.copy(TAKES / "two_freed_cameras.mcap", tmp_path / "cut.mcap.part")
    (tmp_path / "rubbish.mcap").write_bytes(b"\x00" * 64)
    (tmp_path / "notes.txt").write_text("not a take")
    listing = TakesListing(tmp_path)
    found = {take.file: take for take in listing.read().takes}
    assert {name: take.state for name, take in found.items()} == {
        "scene.mcap": "whole",
        "cut.mcap.part": "open",
        "rubbish.mcap": "unreadable",
    }
    assert found["scene.mcap"].name
    assert found["rubbish.mcap"].error
    assert listing.read().free_bytes > 0
    (tmp_path / "scene.mcap").unlink()
    assert listing.read().total == 2


def test_a_folder_that_is_not_there_has_no_takes(tmp_path):
    found = TakesListing(tmp_path / "not" / "yet").read()
    assert found.takes == ()
    assert found.free_bytes > 0
    assert [route.path for route in StageFacts(None, None).routes()] == ["/api/v1/stage", "/api/v1/takes"]
