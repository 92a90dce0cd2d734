"""`bench predict`: forecasts that know no future, and errors against the truth of real motion."""

import csv
import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.predictor.sampled_motion import Sampling
from stage.bench.margin import measure_margin
from stage.bench.predict import COLUMNS, USUAL, measure, straight_ahead
from stage.verify.settings import VerifySettings
from tracking.motion_files import MotionTrack
from tracking.prediction.motion import Moment
from tracking.records import ConfigError, Pose
from tracking.rotation import quat_from_pan_tilt_roll
from tracking.sources.motion_reader import read_motion

ARC = Path(__file__).resolve().parents[3] / "hw_configs" / "sim_arc.toml"


def walked(step_ns=8_333_333, count=900, gaps=()):
    """A hand-held walk, irregular like a motion-capture recording; a gap is a place where 100 ms are missing."""
    times, poses, time_ns = [], [], 1_000_000_000
    for index in range(count):
        time_ns += step_ns + (index * 37 % 11) * 10_000 + (100_000_000 if index in gaps else 0)
        seconds = time_ns * 1e-9
        times.append(time_ns)
        poses.append(
            Pose(
                position_m=(
                    0.4 * math.sin(2.0 * seconds),
                    0.3 * math.cos(1.3 * seconds),
                    1.5 + 0.02 * math.sin(9.0 * seconds),
                ),
                rotation=quat_from_pan_tilt_roll(30.0 * math.sin(seconds), 5.0 * math.sin(3.0 * seconds), 0.0),
            )
        )
    return MotionTrack(times_ns=tuple(times), poses=tuple(poses))


def cut_at(track, time_ns):
    count = sum(1 for known in track.times_ns if known <= time_ns)
    return MotionTrack(times_ns=track.times_ns[:count], poses=track.poses[:count])


def rows(track, path, sampling=USUAL, **options):
    measure(track, sampling, dump=path, **options)
    with path.open(newline="", encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    assert tuple(head) == COLUMNS
    return lines


@settings(max_examples=12, deadline=None)
@given(
    share=st.floats(0.3, 0.99),
    rate_hz=st.sampled_from([24.0, 60.0, 100.0]),
    predictor=st.sampled_from(["line", "learned"]),
)
def test_cutting_the_motion_leaves_every_earlier_forecast_as_it_was(tmp_path_factory, share, rate_hz, predictor):
    folder = tmp_path_factory.mktemp("dump")
    track = walked(gaps=(300, 520))
    cut_ns = track.times_ns[0] + int(share * track.duration_ns)
    sampling = Sampling(rate_hz=rate_hz)
    whole = rows(track, folder / "whole.csv", sampling, predictor=predictor)
    cut = rows(cut_at(track, cut_ns), folder / "cut.csv", sampling, predictor=predictor)
    assert cut == [row for row in whole if int(row[1]) <= cut_ns]


def test_every_forecast_looks_the_horizon_ahead_of_its_newest_sample(tmp_path):
    for row in rows(walked(), tmp_path / "rows.csv", horizon_ms=45.0):
        assert int(row[0]) - int(row[1]) == 45_000_000
        assert all(math.isfinite(float(value)) for value in row[2:])


def test_prediction_beats_holding_and_without_noise_is_nearly_exact():
    noisy = measure(walked())
    clean = measure(walked(), Sampling(noise_mm=0.0, noise_deg=0.0))
    assert noisy.predict.position_mm < 0.2 * noisy.hold.position_mm
    assert noisy.predict.rotation_deg < 0.2 * noisy.hold.rotation_deg
    assert clean.predict.position_mm < noisy.predict.position_mm


def test_the_same_seed_gives_the_same_figures_and_another_does_not():
    assert measure(walked(), Sampling(seed=3)).predict == measure(walked(), Sampling(seed=3)).predict
    assert measure(walked(), Sampling(seed=3)).predict != measure(walked(), Sampling(seed=4)).predict


def test_holding_is_what_the_hold_predictor_does():
    figures = measure(walked(), predictor="hold")
    assert figures.hold == figures.predict


def test_a_recording_shorter_than_the_horizon_is_refused():
    with pytest.raises(ConfigError, match="longer recording"):
        measure(walked(count=12))


def test_a_dump_that_cannot_be_written_is_one_plain_finding(tmp_path):
    with pytest.raises(ConfigError, match="cannot be written"):
        measure(walked(), dump=tmp_path / "missing" / "rows.csv")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "position_mm", "rotation_deg"),
    [("tum_vi_room4_groundtruth.txt.gz", 5.5, 1.3), ("tum_rgbd_fr2_desk_groundtruth.txt.gz", 2.2, 0.8)],
)
def test_real_camera_motion_is_predicted_within_the_limits(name, position_mm, rotation_deg):
    if "OPENSTAGE_DATA" not in os.environ:
        pytest.skip("OPENSTAGE_DATA does not name the folder of recordings")
    track = read_motion(Path(os.environ["OPENSTAGE_DATA"]) / "camera_motion" / name)
    figures = measure(track, Sampling(rate_hz=60.0, noise_mm=0.2, noise_deg=0.02, seed=1), horizon_ms=60.0)
    assert figures.predict.position_mm <= position_mm
    assert figures.predict.rotation_deg <= rotation_deg


def test_the_yardstick_is_the_least_squares_line_through_three_samples():
    moments = [
        Moment(sample_ns=time_ns, position_m=(x, 0.0, 0.0), rotation=quat_from_pan_tilt_roll(pan_deg, 0.0, 0.0))
        for time_ns, x, pan_deg in ((0, 0.0, 0.0), (10_000_000, 0.5, 1.0), (20_000_000, 0.4, 2.0))
    ]
    said = straight_ahead(moments, 30_000_000)
    assert said.position_m == pytest.approx((0.9 / 3.0 + 4.0 * 0.2, 0.0, 0.0))
    assert said.rotation == pytest.approx(quat_from_pan_tilt_roll(5.0, 0.0, 0.0))


@pytest.mark.data
def test_the_shipped_weights_and_what_is_learned_on_the_way_beat_the_line_on_real_motion():
    if "OPENSTAGE_DATA" not in os.environ:
        pytest.skip("OPENSTAGE_DATA does not name the folder of recordings")
    folder = Path(os.environ["OPENSTAGE_DATA"]) / "camera_motion"
    room, desk = (
        measure(read_motion(folder / name), predictor="learned")
        for name in ("tum_vi_room4_groundtruth.txt.gz", "tum_rgbd_fr2_desk_groundtruth.txt.gz")
    )
    assert room.position_ratio < 0.55
    assert desk.position_ratio < 0.8
    assert (room.rotation_ratio + desk.rotation_ratio) / 2.0 < 0.83


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "axes", "largest_area", "seconds"),
    [
        ("tum_vi_room4_groundtruth.txt.gz", "stage", 1.8, 40.0),
        pytest.param("tum_vi_room4_groundtruth.txt.gz", "stage", 1.8, None, marks=pytest.mark.soak),
        ("tum_rgbd_fr2_desk_groundtruth.txt.gz", "optical", 1.25, None),
    ],
)
def test_adaptive_overscan_misses_at_most_one_frame_in_a_thousand_of_recorded_motion(file, axes, largest_area, seconds):
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA does not name the real recordings")
    motion = str(Path(folder) / "camera_motion" / file)
    settings = VerifySettings(
        motions=(motion,), axes=axes, rate_hz=60.0, latency_ms=60.0, jitter_ms=5.0, seconds=seconds
    )
    figures = measure_margin(ARC, settings, follow=True)
    assert figures.missed <= 0.001 * figures.of
    assert figures.inner_area_ratio <= largest_area
