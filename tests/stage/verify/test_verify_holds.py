"""`stage verify` where views are held, covered, parked, zoomed or stand still: no figure without a measurement."""

import json
import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import render.plan.frustum
from calibration.cameras import Camera
from calibration.files.loading import load_lens
from render.film.camera import border, every_pixel
from render.film.lens import FilmLens, film_lens
from render.views.edges import Tangents
from stage.loading.files import load_config
from stage.verify.cameras import lens_truth, lens_truths
from stage.verify.judge import beyond_view, held_walls, within
from stage.verify.report import VerifyReport
from stage.verify.run import verify
from stage.verify.settings import VerifySettings
from stage.verify.stills import StillPose, plan_pose
from stage.verify.studio import open_studio, with_coordinates
from stage.verify.tally import MOST_MISSES, MotionTally
from tests.stage.proving_stage import write_stage, write_steady
from tests.stage.running_stage import ROOT, command_here

POST = """
[[walls]]
name = "post"
resolution_px = [24, 64]
latency_ms = 16.0
shape = { kind = "plane", lower_left_m = [0.2, -0.5, 0.0], lower_right_m = [0.5, 1.2, 0.0], upper_left_m = [0.2, -0.5, 3.0] }
"""
SECOND = """
[[cameras]]
name = "B"
resolution_px = [320, 180]
focal_length_mm = 20.0
tracker = "t"
overscan_deg = 6.0
"""


def report_of(config, **asked) -> VerifyReport:
    return verify(config, VerifySettings(**asked), lambda _doing: None).report


def with_post(directory, limits):
    """A wall in the middle of the volume; most poses of the sweep are behind it."""
    config = write_stage(directory, limits=limits)
    config.write_text(config.read_text().replace("[[trackers]]", POST + "[[trackers]]", 1))
    return config


def with_second(directory, limits=""):
    config = write_stage(directory, limits=limits)
    config.write_text(config.read_text().replace("[world]", SECOND + "[world]"))
    return config


@given(st.integers(2, 4096), st.integers(2, 4096))
def test_the_border_is_the_outermost_pixels_including_the_corners(width, height):
    lens = FilmLens(focal_length_mm=30.0, sensor_mm=(36.0, 20.25), resolution_px=(width, height))
    places = border(lens).positions_px
    x, y = places[:, 0], places[:, 1]
    assert len(places) == 384
    assert np.all((x == 0.5) | (x == width - 0.5) | (y == 0.5) | (y == height - 0.5))
    assert {(0.5, 0.5), (width - 0.5, 0.5), (0.5, height - 0.5), (width - 0.5, height - 0.5)} <= set(
        map(tuple, places.tolist())
    )


@pytest.mark.gl
def test_overscan_too_small_by_a_pixel_misses_in_every_frame(tmp_path):
    """What lies beyond the inner picture there no grid of 96 x 54 sees."""
    config = write_stage(tmp_path, limits="inner_miss_rate = 0.0")

    def narrow(frame, _margin):
        return Tangents(left=frame.left * 0.997, right=frame.right, bottom=frame.bottom, top=frame.top)

    with mock.patch.object(render.plan.frustum, "widen", narrow):
        report = report_of(config, motions=(str(write_steady(tmp_path, 0.0)),), poses=0, seconds=2.3)
    misses = report.cameras["A"].inner_misses
    assert misses.frames == misses.of > 10
    assert misses.worst_px < 240 * 0.0031
    assert not report.ok


@pytest.mark.gl
def test_each_miss_is_listed_with_its_frame_time_and_size_held_and_predicted(tmp_path):
    config = write_stage(tmp_path, limits="")
    out = tmp_path / "out"
    quick = ("--poses", "0", "--motion", "whip", "--seconds", "3.5", "--set", "/camera/A/overscan_deg=1")
    done = command_here("verify", str(config), *quick, "--out", str(out), "--json")
    camera = json.loads(done.stdout)["cameras"]["A"]
    for run in ("hold", "predict"):
        found = camera["by_motion"]["whip"][run]
        assert found["inner_misses"]["frames"] == len(found["misses"]) > 0
        assert max(miss["px"] for miss in found["misses"]) == found["inner_misses"]["worst_px"]
        for miss in found["misses"]:
            assert 3.0 < miss["time_s"] < 3.5
            assert miss["time_s"] == pytest.approx((miss["frame"] + 1.5) / 60 + 0.016, abs=1e-6)
    assert camera["inner_misses"] == camera["by_motion"]["whip"]["predict"]["inner_misses"]
    assert camera["inner_misses_hold"] == camera["by_motion"]["whip"]["hold"]["inner_misses"]
    page = (out / "verify.html").read_text()
    assert 'stroke-width="1.6"' in page
    assert "Ticks below the upper edge" in page


def test_the_list_of_misses_is_bounded_and_its_count_is_not():
    tally = MotionTally()
    for frame in range(3 * MOST_MISSES):
        tally.add_worst_pixel(frame, frame / 60, 1.0)
    figures = tally.figures(listed=True)
    assert len(figures.misses) == MOST_MISSES
    assert figures.inner_misses.frames == 3 * MOST_MISSES


@pytest.mark.gl
def test_predict_over_hold_is_of_the_frames_in_which_holding_errs(tmp_path):
    """A whip mostly stands, where both err by noise; a camera that always stands has nothing to gain."""
    config = write_stage(tmp_path, limits="motion_over_hold = 0.9")
    whip = report_of(config, motions=("whip",), poses=0, seconds=3.5)
    found = whip.cameras["A"].motion
    assert 15 < found.moved_frames < 40
    assert found.predict_over_hold < 0.7
    assert whip.ok
    standing = report_of(config, motions=(str(write_steady(tmp_path, 0.0)),), poses=0, seconds=2.3)
    assert standing.cameras["A"].motion.moved_frames == 0
    assert [limit.ok for limit in standing.limits] == [False]
    assert "nothing measured" in standing.limits[0].finding


@pytest.mark.gl
def test_walls_that_are_not_held_are_judged_and_held_poses_break_the_limits(tmp_path):
    config = with_post(tmp_path, limits="still_p99_px = 0.5")
    out = tmp_path / "out"
    done = command_here("verify", str(config), "--motion", "none", "--poses", "6", "--out", str(out))
    still = json.loads((out / "verify.json").read_text())["cameras"]["A"]["still"]
    assert len(still["held"]) > 3
    assert still["held_walls"] == {"post": len(still["held"])}
    assert still["pixels_compared"] > 100_000
    assert done.returncode == 1
    line = f"{len(still['held'])} of 6 still poses held"
    assert f"limit still_p99_px 0.5: BROKEN, {line}" in done.stdout
    assert f"A still: held in {len(still['held'])} of 6 poses (post in {len(still['held'])})" in done.stdout
    assert line in (out / "verify.html").read_text()
    assert "post in" in (out / "verify.html").read_text()


@pytest.mark.gl
def test_held_walls_are_counted_in_motion(tmp_path):
    config = with_post(tmp_path, limits="")
    behind = ("--motion", "dolly", "--at", "-1.8 -4 1.3")
    done = command_here("verify", str(config), *behind, "--poses", "0", "--seconds", "2.2", "--json")
    predict = json.loads(done.stdout)["cameras"]["A"]["by_motion"]["dolly"]["predict"]
    assert predict["held"] == {"post": predict["frames"]}


@pytest.mark.gl
def test_a_view_is_held_where_the_wall_does_not_show_the_one_of_its_light(tmp_path):
    loaded = with_coordinates(load_config(with_post(tmp_path, "")))
    with open_studio(loaded) as studio:
        camera = studio.config.cameras[0]
        truth = lens_truth(camera, loaded)
        behind = plan_pose(studio, camera, truth, StillPose((-1.4, 0.2, 1.3), (-90.0, 0.0, 0.0)))
        before = plan_pose(studio, camera, truth, StillPose((1.6, 0.2, 1.3), (0.0, 0.0, 0.0)))
    assert list(held_walls(behind, "A")) == ["post"]
    assert held_walls(before, "A") == {}


@pytest.mark.gl
def test_a_motion_that_sees_no_wall_says_so_and_breaks_every_limit_on_motion(tmp_path):
    limits = "motion_p99_px = 5.0\nmotion_over_hold = 1.0\ninner_miss_rate = 0.5\ninner_area_ratio = 9.0"
    config = write_stage(tmp_path, limits=limits)
    away = ("--motion", "dolly", "--seconds", "2.2", "--at", "0 20 1.5")
    done = command_here("verify", str(config), "--poses", "0", *away)
    assert done.returncode == 1
    assert "A dolly: nothing measured in 12 frames" in done.stdout
    assert "median" not in done.stdout
    assert done.stdout.count("BROKEN, nothing measured in dolly") == 4
    assert "kept" not in done.stdout


@pytest.mark.gl
@pytest.mark.parametrize("feather_px", [0, 12])
def test_the_picture_of_another_camera_is_left_out_whatever_its_feather(tmp_path, feather_px):
    config = with_second(tmp_path)
    asked = {"motions": ("dolly",), "poses": 0, "seconds": 2.2, "values": (f"/camera/A/feather_px={feather_px}",)}
    predict = report_of(config, **asked).cameras["B"].motion.predict
    assert predict.pixels_covered > 1000
    assert predict.pixels_compared > 1000
    assert predict.max_px < 1.5


@pytest.mark.gl
def test_covered_places_are_those_of_the_view_and_its_feather_and_a_rim_of_a_cell(tmp_path):
    loaded = with_coordinates(load_config(write_stage(tmp_path)))
    with open_studio(loaded) as studio:
        camera = studio.config.cameras[0]
        truth = lens_truth(camera, loaded)
        plan = plan_pose(studio, camera, truth, StillPose((0.1, 0.0, 1.3), (5.0, 2.0, 3.0)))
        inner = plan.inners[0]
        judge = studio.judge("A", truth.lens)
        points = np.concatenate([places.reshape(-1, 3) for places in studio.positions.values()])
        assert judge.cell_m["main"] == pytest.approx(math.hypot(4.0 * math.radians(150) / 128, 2.6 / 48), rel=0.01)
    outside = beyond_view(inner, points)
    shown = outside < inner.feather
    assert 100 < shown.sum() < len(points) - 100
    assert within(inner, points, 0.0)[shown].all()
    near = within(inner, points, 0.2)
    shown_m = points[within(inner, points, 0.0)]
    for point in points[near][::7]:
        assert np.linalg.norm(shown_m - point, axis=1).min() < 0.4
    aside = points[~near][::7]
    assert all(np.linalg.norm(points[shown] - point, axis=1).min() > 0.15 for point in aside)


@pytest.mark.gl
def test_a_camera_parked_by_a_parameter_is_left_out_and_named(tmp_path):
    config = with_second(tmp_path, limits="still_p99_px = 0.5")
    quick = ("--motion", "dolly", "--seconds", "2.2", "--poses", "1")
    done = command_here("verify", str(config), *quick, "--set", "/camera/A/parked=true")
    assert done.returncode == 0, done.stderr
    assert "A: parked, left out" in done.stdout
    assert "A dolly" not in done.stdout
    assert "B dolly: median" in done.stdout
    both = command_here(
        "verify", str(config), *quick, "--set", "/camera/A/parked=true", "--set", "/camera/B/parked=true"
    )
    assert both.returncode == 2
    assert "not parked" in both.stderr


def test_zooms_are_verified_between_the_places_where_the_lens_is_known():
    loaded = load_config(ROOT / "hw_configs" / "verify_mesh.toml")
    camera = loaded.config.cameras[1]
    lens = load_lens(loaded.path_of(str(camera.lens)))
    truths = lens_truths(camera, loaded)
    nodes = [node.zoom_raw for node in lens.nodes]
    between = [truth for truth in truths if truth.zoom_raw not in nodes]
    assert len(between) == len(nodes) - 1
    assert truths[0] == lens_truth(camera, loaded) == between[0]
    for truth in truths:
        assert truth.lens == film_lens(lens, truth.zoom_raw, camera.sensor_mm, camera.resolution_px)
        assert truth.zoom_raw == round(truth.zoom_raw)


@pytest.mark.gl
def test_a_zoom_that_no_tracker_reports_is_the_one_that_the_stage_assumes(tmp_path):
    zoom = "zoom = [[0.0, 20.0], [20000.0, 45.0], [65535.0, 120.0]]"
    config = write_stage(tmp_path, protocol="osc")
    config.write_text(config.read_text().replace("focal_length_mm = 30.0", zoom))
    camera = load_config(config).config.cameras[0]
    assert [truth.lens.focal_length_mm for truth in lens_truths(camera, load_config(config))] == [35.0]
    for protocol in ("osc", "freed"):
        asked = VerifySettings(motions=("dolly",), poses=2, seconds=2.2, protocol=protocol)
        found = verify(config, asked, lambda _doing: None).report.cameras["A"]
        assert found.still.inner_misses.frames == found.inner_misses.frames == 0
        assert found.inner_misses.of > 0
        assert found.motion.predict.p99_px < 1.0


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=9, unique=True), st.booleans())
def test_zooms_of_a_table_are_verified_between_two_of_its_rows(readings, coarse):
    rows = tuple((65_535.0 * raw if coarse else raw, 20.0 + 60.0 * raw) for raw in readings)
    camera = Camera(name="A", tracker="t", zoom=rows)
    truths = lens_truths(camera, load_config(ROOT / "hw_configs" / "verify_plane.toml"))
    first = truths[0].zoom_raw
    assert min(raw for raw, _ in rows) <= first <= max(raw for raw, _ in rows)
    assert len(truths) == min(4, len(rows))


@pytest.mark.gl
def test_without_still_poses_the_page_maps_the_whole_frames_of_the_motion(tmp_path):
    out = tmp_path / "out"
    quick = ("--poses", "0", "--motion", "dolly", "--seconds")
    command_here("verify", str(write_stage(tmp_path, limits="")), *quick, "2.4", "--out", str(out))
    page = (out / "verify.html").read_text()
    assert page.count("data:image/png") >= 3
    assert "every 60th frame" in page
    command_here("verify", str(write_stage(tmp_path)), *quick, "2.2", "--at", "0 20 1.5", "--out", str(out))
    assert "No heat map: no still poses" in (out / "verify.html").read_text()


@pytest.mark.gl
def test_every_pixel_includes_the_outermost(tmp_path):
    lens = lens_truth(load_config(write_stage(tmp_path)).config.cameras[0], load_config(write_stage(tmp_path))).lens
    whole = set(map(tuple, every_pixel(lens).positions_px.tolist()))
    corners = [(0.5, 0.5), (479.5, 269.5)]
    assert whole.issuperset(corners)
