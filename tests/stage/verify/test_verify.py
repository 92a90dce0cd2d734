"""`stage verify`: what it measures, that two runs agree, what it refuses, and its page."""

import json
import re

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.film.rotation import axes_from_quaternion, quaternion_from_axes
from stage.loading.files import load_config
from stage.verify.cameras import lens_truth
from stage.verify.delays import played_stage
from stage.verify.errors import Errors
from stage.verify.motions import BuiltInMotion, RecordedMotion, true_motion
from stage.verify.report import VerifyReport
from stage.verify.run import verify
from stage.verify.settings import BUILT_IN, VerifySettings
from stage.verify.stills import StillPose, plan_pose
from stage.verify.studio import open_studio, with_coordinates
from tests.stage.proving_stage import LIMITS, SECONDS, write_motion, write_stage
from tests.stage.running_stage import ROOT, command_here
from tracking.motion_files import parse_motion

QUICK = ("--poses", "1", "--seconds", str(SECONDS), "--jitter-ms", "2")


def run_verify(config, *more):
    return command_here("verify", str(config), *more)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("verify")


@pytest.fixture(scope="module")
def proven(directory):
    """One verification with everything: its exit code, its JSON, and its page."""
    motion = write_motion(directory)
    out = directory / "out"
    done = run_verify(
        write_stage(directory), *QUICK, "--motion", str(motion), "--motion", "whip", "--out", str(out), "--json"
    )
    return done, json.loads(done.stdout), (out / "verify.html").read_text(encoding="utf-8"), directory


@pytest.mark.gl
def test_report_has_the_published_names(proven):
    done, report, _, _ = proven
    camera = report["cameras"]["A"]
    assert set(camera) >= {"still", "motion", "inner_misses", "inner_area_ratio"}
    assert set(camera["still"]) >= {"median_px", "p95_px", "p99_px", "max_px", "pixels_on_wall", "pixels_compared"}
    assert set(camera["motion"]) >= {"hold", "predict"}
    assert set(camera["inner_misses"]) == {"frames", "of", "worst_px"}
    assert all(set(limit) >= {"name", "limit", "value", "ok"} for limit in report["limits"])
    assert {limit["name"] for limit in report["limits"]} == {line.split(" =")[0] for line in LIMITS.split("\n") if line}
    msgspec.convert(report, VerifyReport)
    assert done.returncode == (0 if all(limit["ok"] for limit in report["limits"]) else 1)


@pytest.mark.gl
def test_every_film_pixel_on_a_wall_is_compared_except_a_rim_of_one_led(proven):
    still = proven[1]["cameras"]["A"]["still"]
    assert still["pixels_compared"] > 0.97 * still["pixels_on_wall"]  # a raster of 128 x 48 has a wide rim
    assert still["median_px"] < 0.02
    assert still["inner_misses"]["frames"] == 0


@pytest.mark.gl
def test_prediction_beats_holding(proven):
    motion = proven[1]["cameras"]["A"]["by_motion"]["motion.txt"]
    assert motion["predict"]["median_px"] < motion["hold"]["median_px"] / 10
    assert motion["predict"]["every_pixel"]["median_px"] < motion["hold"]["every_pixel"]["median_px"] / 10


@pytest.mark.gl
def test_page_is_self_contained(proven):
    page = proven[2]
    assert page.startswith("<!doctype html>")
    assert not re.search(r"""(src|href)=["'](?!data:)|url\(|@import|<script""", page)
    assert page.count("<svg") >= 2
    assert page.count("data:image/png") >= 3
    assert "proof.toml" in page


@pytest.mark.gl
def test_two_runs_agree_exactly(directory):
    settings = VerifySettings(
        motions=("handheld",), seconds=2.5, poses=1, jitter_ms=4.0, jitter="exponential", loss=0.1, seed=5
    )
    first, second = (verify(write_stage(directory), settings, lambda _: None).report for _ in range(2))
    assert msgspec.json.encode(first) == msgspec.json.encode(second)


@pytest.mark.gl
def test_a_broken_limit_exits_with_1_and_says_which(directory):
    config = write_stage(directory, limits="still_p99_px = 0.0001\ninner_miss_rate = 0.5")
    done = run_verify(config, "--poses", "1", "--motion", "none")
    assert done.returncode == 1
    assert "limit still_p99_px 0.0001: BROKEN" in done.stdout
    assert "limit inner_miss_rate 0.5: kept" in done.stdout


@pytest.mark.gl
def test_a_limit_that_nothing_was_measured_for_is_broken(directory):
    config = write_stage(directory, limits="motion_median_px = 5.0")
    behind = ("--motion", "dolly", "--seconds", "2.2", "--at", "0 20 1.5")
    done = run_verify(config, "--poses", "0", *behind, "--json")
    assert done.returncode == 1
    assert [limit["ok"] for limit in json.loads(done.stdout)["limits"]] == [False]


@pytest.mark.gl
def test_a_limit_on_what_was_left_out_is_not_judged(directory):
    config = write_stage(directory, limits="still_p99_px = 0.5\nmotion_median_px = 5.0")
    done = run_verify(config, "--poses", "1", "--motion", "none", "--json")
    assert done.returncode == 0
    assert [limit["name"] for limit in json.loads(done.stdout)["limits"]] == ["still_p99_px"]
    assert json.loads(done.stdout)["cameras"]["A"]["motion"] is None


@pytest.mark.gl
def test_parameters_can_be_set_before_the_first_frame(directory):
    config = write_stage(directory, limits="")
    wide = run_verify(config, "--poses", "1", "--motion", "none", "--json", "--set", "/camera/A/overscan_deg=20")
    assert json.loads(wide.stdout)["cameras"]["A"]["inner_area_ratio"] > 3.0
    done = run_verify(config, "--poses", "1", "--motion", "none", "--set", "/camera/A/overscan=20")
    assert done.returncode == 2
    assert "did you mean" in done.stderr


@pytest.mark.parametrize(
    ("limits", "finding"),
    [
        ("still_median_px = 0.3\nstill_p99_px = 0.1", "still_p99_px"),
        ("still_p99_px = 0.3\nmotion_median_px = 0.1", "motion_median_px"),
        ("motion_median_px = 3.0\nmotion_p99_px = 1.0", "motion_p99_px"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(directory, limits, finding):
    done = run_verify(write_stage(directory, limits=limits))
    assert done.returncode == 2
    assert f"verify.{finding}: found" in done.stderr
    assert "contradict" in done.stderr


@pytest.mark.parametrize(
    ("options", "finding"),
    [
        (("--latency-ms", "20"), "--latency-ms: found 20, expected at least 33.3"),
        (("--motion", "no-such-file.txt"), "give a motion file, or dolly|crane|whip|handheld"),
        (("--at", "1 2"), "--at: found '1 2'"),
        (("--jitter-ms", "-3"), "--jitter-ms: found -3, expected a number of at least 0"),
        (("--seconds", "1.5"), "--seconds: found 1.5, expected a number above 2"),
        (("--loss", "1"), "--loss: found 1, expected a number of at most 0.9"),
    ],
)
def test_wrong_options_are_named_and_exit_with_2(directory, options, finding):
    done = run_verify(write_stage(directory), "--poses", "0", *options)
    assert done.returncode == 2
    assert finding in done.stderr


def test_a_stage_of_parked_cameras_cannot_be_verified(directory):
    text = write_stage(directory).read_text().replace("overscan_deg", "parked = true\noverscan_deg")
    config = directory / "parked.toml"
    config.write_text(text)
    done = run_verify(config)
    assert done.returncode == 2
    assert "not parked" in done.stderr


@pytest.mark.gl
def test_the_good_part_of_a_torn_motion_file_is_played_and_its_faults_are_reported(directory):
    lines = write_motion(directory).read_text().splitlines()
    lines[320:345] = ["not a pose", lines[10]]
    path = directory / "torn.txt"
    path.write_text("\n".join(lines))
    done = run_verify(write_stage(directory), "--poses", "0", "--motion", str(path), "--seconds", "4", "--json")
    report = json.loads(done.stdout)
    findings = " ".join(report["findings"])
    assert "torn.txt: line 321" in findings
    assert "gap of 0.2" in findings
    frames = report["cameras"]["A"]["motion"]["predict"]["frames"]
    assert 40 < frames < 90  # of 120 without the gap and the half second after it


@pytest.mark.gl
def test_of_two_cameras_the_lower_one_is_judged_only_where_the_wall_is_its_own(directory):
    second = """
[[cameras]]
name = "B"
resolution_px = [320, 180]
focal_length_mm = 20.0
tracker = "t"
overscan_deg = 6.0
"""
    text = write_stage(directory).read_text().replace("[world]", second + "[world]")
    config = directory / "two.toml"
    config.write_text(text)
    settings = VerifySettings(motions=("dolly",), seconds=SECONDS, poses=0)
    cameras = verify(config, settings, lambda _: None).report.cameras
    assert cameras["A"].motion.predict.pixels_covered == 0
    assert cameras["B"].motion.predict.pixels_covered > 1000
    assert cameras["B"].motion.predict.pixels_compared > 1000
    assert cameras["B"].motion.predict.p95_px < 1.0


@pytest.mark.parametrize("name", ["verify_plane", "verify_arc", "verify_mesh"])
def test_planned_frames_enclose_what_the_true_lenses_see(name):
    """Two lens models that share no line agree on the border of the picture."""
    loaded = load_config(ROOT / "hw_configs" / f"{name}.toml")
    with open_studio(with_coordinates(loaded)) as studio:
        for camera in studio.config.cameras:
            truth = lens_truth(camera, loaded)
            width, height = truth.lens.resolution_px
            share = np.linspace(0.0, 1.0, 501)
            sides = [(share * width, 0 * share), (share * width, 0 * share + height)]
            sides += [(0 * share, share * height), (0 * share + width, share * height)]
            border = truth.lens.tangents_from_pixels(np.concatenate([np.stack(side, axis=1) for side in sides]))
            pose = StillPose((0.0, 0.0, 1.3), (0.0, 0.0, 0.0))
            frame = plan_pose(studio, camera, truth, pose).inners[0].frame
            assert (frame.left, frame.bottom) == pytest.approx(tuple(border.min(axis=0)), abs=2e-5)
            assert (frame.right, frame.top) == pytest.approx(tuple(border.max(axis=0)), abs=2e-5)


@given(st.lists(st.floats(1e-6, 1e5), min_size=1, max_size=300), st.floats(0.01, 1.0))
def test_quantiles_of_many_errors_are_right_to_a_quarter_of_a_percent(values, share):
    errors = Errors()
    errors.add(np.array(values), on_wall=len(values))
    exact = np.quantile(values, share, method="inverted_cdf")
    assert errors.quantile(share) == pytest.approx(exact, rel=2.5e-3)
    assert errors.registration().max_px == max(values)


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_motions_are_as_smooth_as_a_crew(name):
    motion = BuiltInMotion(name, (0.0, 0.0, 1.5), seed=3)
    times = np.arange(0.0, motion.duration_s, 1 / 240)
    places = np.array([motion.pose_at(time).position_m for time in times])
    ahead = np.array([motion.pose_at(time).axes[:, 1] for time in times])
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() * 240 < 2.0
    assert np.degrees(np.linalg.norm(np.diff(ahead, axis=0), axis=1)).max() * 240 < 300.0
    assert np.abs(places.mean(axis=0) - (0.0, 0.0, 1.5)).max() < 0.5


def turning(rate_deg_s, seconds=6.0):
    """A body that moves evenly and turns evenly about z."""
    lines = []
    for number in range(round(seconds * 100)):
        half = np.radians(rate_deg_s * number / 100) / 2
        lines.append(f"{number / 100:.3f} {0.3 * number / 100:.6f} 0 0 0 0 {np.sin(half):.9f} {np.cos(half):.9f}")
    return RecordedMotion(parse_motion(lines), (1.0, 2.0, 3.0))


def test_a_recording_is_played_around_its_place_without_its_slow_turns():
    motion = turning(20.0)
    places = np.array([motion.pose_at(number / 100).position_m for number in range(600)])
    assert places.mean(axis=0) == pytest.approx((1.0, 2.0, 3.0), abs=1e-9)
    assert motion.pose_at(3.0).axes == pytest.approx(np.eye(3), abs=1e-6)
    (x, y, _) = motion.pose_at(0.0).axes[:, 1]
    assert np.degrees(np.arctan2(-x, y)) == pytest.approx(-10.0, abs=0.2)  # its mean there is of the second ahead


def test_true_paths_pass_between_recorded_poses():
    motion = turning(50.0)
    first, second = motion.pose_at(1.0), motion.pose_at(1.01)
    middle = motion.pose_at(1.005)
    assert middle.position_m == pytest.approx((first.position_m + second.position_m) / 2)
    assert axes_from_quaternion(quaternion_from_axes(middle.axes)) == pytest.approx(middle.axes, abs=1e-12)


@pytest.mark.parametrize("latency_ms", [45.0, 60.0, 120.0])
def test_a_total_latency_is_the_sum_of_its_parts(directory, latency_ms):
    config = load_config(write_stage(directory)).config
    played = played_stage(config, VerifySettings(latency_ms=latency_ms))
    timing = played.timing["t"]
    assert timing.sample_to_light_ms == pytest.approx(latency_ms)
    assert timing.delay_ms + 2 * 1000 / 60 + played.config.walls[0].latency_ms == pytest.approx(latency_ms)
    assert played.config.trackers[0].delay_ms == timing.delay_ms >= 0.0
    arrival_ns = played.journeys["t"].phase_ns + timing.delay_ms * 1e6
    assert arrival_ns * 60 / 1e9 % 1.0 == pytest.approx(0.5, abs=1e-6)


def test_another_protocol_is_sent_in_its_plain_form(directory):
    config = load_config(write_stage(directory)).config
    tracker = played_stage(config, VerifySettings(protocol="opentrackio", rate_hz=100.0)).config.trackers[0]
    assert (tracker.protocol, tracker.rate_hz, tracker.preset) == ("opentrackio", 100.0, None)


def test_a_name_is_a_built_in_motion_or_else_a_file(directory):
    assert isinstance(true_motion("whip", (0.0, 0.0, 1.0), "stage", 1), BuiltInMotion)
    path = write_motion(directory)
    assert isinstance(true_motion(str(path), (0.0, 0.0, 1.0), "stage", 1), RecordedMotion)
