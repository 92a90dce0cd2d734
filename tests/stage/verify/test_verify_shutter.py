"""`stage verify --sub-frames`: film frames as exposures, the neighbouring wall frames that they see, and their report."""

import json
import math
from fractions import Fraction
from unittest import mock

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stage.show.plan.views
from calibration.walls import ArcShape
from render.film.camera import FilmPose, every_pixel
from render.film.rotation import axes_from_pan_tilt_roll
from stage.loading.files import load_config
from stage.verify.cameras import Mounting, lens_truth
from stage.verify.exposure import Exposure, FilmedFrame
from stage.verify.judge import Judge
from stage.verify.motions import RecordedMotion
from stage.verify.moving_camera import MovingCamera
from stage.verify.packets import START_NS
from stage.verify.run import verify
from stage.verify.settings import VerifySettings
from stage.verify.stills import StillPose, plan_pose
from stage.verify.studio import open_studio, with_coordinates
from stage.verify.tally import RUNS
from stage.verify.timetable import Shutter, shutters_of
from tests.stage.proving_stage import SECONDS, write_motion, write_stage, write_steady
from tests.stage.running_stage import command_here
from tracking.motion_files import parse_motion
from tracking.records import ConfigError

PERIOD_NS = Fraction(1_000_000_000, 60)
LONG = "shutter_deg = 360.0"  # 41.7 ms: two and a half frames of the wall
FAR = "radius_m = 6.0"


def filmed(config, motion, sub_frames, seconds=SECONDS, **more):
    settings = VerifySettings(motions=(str(motion),), poses=0, seconds=seconds, sub_frames=sub_frames, **more)
    return verify(config, settings, lambda _doing: None).report.cameras["A"]


@given(st.integers(0, 400_000_000), st.sampled_from([24, 50, 60, 120, Fraction(60_000, 1001)]))
def test_a_moment_sees_the_wall_frame_whose_light_is_nearest(offset_ns, rate_hz):
    shutter = Shutter(period_ns=1_000_000_000 / Fraction(rate_hz))
    away = shutter.frames_away(offset_ns)
    assert abs(offset_ns - away * shutter.period_ns) <= shutter.period_ns / 2 + 1_000
    assert shutter.frames_away(-offset_ns) == -away


@given(st.integers(0, 500_000_000), st.integers(1, 32))
def test_an_exposure_sees_as_many_frames_before_its_own_as_after_it(exposure_ns, sub_frames):
    shutter = Shutter(exposure_ns=exposure_ns, sub_frames=sub_frames, period_ns=PERIOD_NS)
    away = [shutter.frames_away(time_ns - 10**12) for time_ns in shutter.times_ns(10**12)]
    assert away == [-later for later in reversed(away)]
    assert max(away) == shutter.reach


@pytest.mark.gl
def test_a_camera_that_stands_photographs_its_instant(tmp_path):
    config, motion = write_stage(tmp_path, camera=LONG), write_steady(tmp_path, 0.0)
    instant, exposed = (filmed(config, motion, count, jitter_ms=3.0).motion.predict for count in (1, 5))
    assert exposed.frames == instant.frames
    assert exposed.pixels_on_wall == instant.pixels_on_wall
    assert exposed.pixels_compared == instant.pixels_compared
    assert exposed.max_px == pytest.approx(instant.max_px, abs=1e-6)
    assert exposed.median_px == pytest.approx(instant.median_px, rel=3e-3)


@pytest.fixture(scope="module")
def dolly(tmp_path_factory):
    """A stage with its light at infinity, so that a wall is right for a single eye only, and a steady dolly."""
    folder = tmp_path_factory.mktemp("dolly")
    config = write_stage(folder, camera=LONG, limits="")
    config.write_text(config.read_text().replace(FAR, ""))
    return config, write_steady(folder, 0.6)


@pytest.mark.gl
def test_the_smear_of_a_steady_dolly_cancels_and_a_late_wall_does_not(dolly):
    good = filmed(*dolly, 5).motion.predict
    light_ns = stage.show.plan.views.ViewPlanner._light_ns

    def half_a_frame_early(self, *rest):
        return light_ns(self, *rest) - self._half_period_ns

    with mock.patch.object(stage.show.plan.views.ViewPlanner, "_light_ns", half_a_frame_early):
        bad = filmed(*dolly, 5).motion.predict
    half_a_frame_px = 0.6 / 120 / 4.0 * 30.0 * 480 / 36.0
    assert good.median_px < 0.01
    assert good.p99_px < 0.03
    assert bad.median_px == pytest.approx(half_a_frame_px, rel=0.2)


@pytest.mark.gl
def test_an_exposure_misses_wherever_its_instant_does_and_more(tmp_path):
    config = write_stage(tmp_path, camera=LONG)
    config.write_text(config.read_text().replace("overscan_deg = 6.0", "overscan_deg = 3.0"))
    instant, exposed = (filmed(config, "whip", count, seconds=3.5).inner_misses for count in (1, 5))
    assert exposed.of >= instant.of
    assert instant.frames > 0
    assert exposed.frames > instant.frames
    assert exposed.worst_px >= instant.worst_px


@pytest.mark.gl
def test_two_exposed_runs_agree_exactly(tmp_path):
    config, motion = write_stage(tmp_path, camera=LONG), write_motion(tmp_path)
    settings = VerifySettings(motions=(str(motion),), poses=0, seconds=2.5, sub_frames=4, jitter_ms=4.0, loss=0.1)
    first, second = (verify(config, settings, lambda _doing: None).report for _ in range(2))
    assert msgspec.json.encode(first) == msgspec.json.encode(second)


class Set:
    """A stage ready to be filmed by hand: camera A, its judge, and what the walls show for a camera at a place."""

    def __init__(self, studio, loaded):
        self.studio = studio
        self.camera = studio.config.cameras[0]
        self.truth = lens_truth(self.camera, loaded)
        self.judge = Judge(camera="A", lens=self.truth.lens, walls=studio.film_walls, world=studio.world)

    def shown_for(self, *place):
        plan = plan_pose(self.studio, self.camera, self.truth, StillPose(place, (0.0, 0.0, 0.0)))
        return plan, self.studio.draw(plan)


@pytest.fixture(params=["infinity", "6 m"])
def film_set(request, tmp_path):
    path = write_stage(tmp_path, camera=LONG)
    if request.param == "infinity":
        path.write_text(path.read_text().replace(FAR, ""))
    loaded = with_coordinates(load_config(path))
    with open_studio(loaded) as studio:
        yield Set(studio, loaded)


@pytest.mark.gl
def test_a_photograph_errs_like_one_computed_pixel_by_pixel(film_set):
    poses = [
        FilmPose(pupil_m=np.array([x, 0.1, 1.3]), axes=axes_from_pan_tilt_roll(pan, 2.0, 3.0))
        for x, pan in ((-0.03, 0.0), (0.0, 0.7), (0.05, 1.1))
    ]
    shown = [film_set.shown_for(x, 0.1, 1.3) for x in (-0.05, 0.02, 0.02)]
    pixels = every_pixel(film_set.truth.lens)
    exposure = Exposure(film_set.judge, pixels, poses[1], RUNS)
    for pose, (plan, pictures) in zip(poses, shown, strict=True):
        view = film_set.judge.see(pose, pixels)
        reading = film_set.judge.read(plan, view, pictures)
        exposure.add(view, dict.fromkeys(RUNS, reading))
    verdict = exposure.verdicts()["predict"]
    places = pixels.positions_px[verdict.at[verdict.compared]]
    assert len(places) > 50_000
    pictures = [picture["main"] for _, picture in shown]
    shape = film_set.studio.config.walls[0].shape
    for at in range(0, len(places), 997):
        alone = error_alone(film_set, shape, poses, pictures, places[at])
        assert verdict.error_px[at] == pytest.approx(alone, abs=1e-6)
    assert verdict.error_px.max() > 0.3


def error_alone(film_set, shape: ArcShape, poses, pictures, place):
    """The same by plain numbers: each sub-frame's ray, wall, LEDs and world, their means, and a pinhole."""
    per_tangent = 30.0 * 480 / 36.0
    shown, wanted = np.zeros(3), np.zeros(3)
    for pose, picture in zip(poses, pictures, strict=True):
        ray = pose.axes @ ((place[0] - 240) / per_tangent, 1.0, (135 - place[1]) / per_tangent)
        ray /= np.linalg.norm(ray)
        shown += read_alone(shape, picture, pose.pupil_m + ray * out_of(pose.pupil_m, ray, shape) - shape.base_m) / 3
        radius_m = film_set.studio.world.radius_m
        if radius_m is None:
            wanted += ray / 3
            continue
        along = pose.pupil_m @ ray
        reach = -along + math.sqrt(along**2 - pose.pupil_m @ pose.pupil_m + radius_m**2)
        wanted += (pose.pupil_m + reach * ray) / radius_m / 3
    landed = [pinhole(film_set.studio.world.radius_m, poses[1], light) * per_tangent for light in (shown, wanted)]
    return math.dist(*landed)


def out_of(eye, ray, shape):
    """How far along the ray an upright cylinder is left, found by halving."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        x, y = (eye + middle * ray - shape.base_m)[:2]
        low, high = (middle, high) if math.hypot(x, y) < shape.radius_m else (low, middle)
    return low


def read_alone(shape, picture, place):
    rows, columns = picture.shape[:2]
    angle = math.degrees(math.atan2(place[0], place[1])) + shape.turn_deg
    column = (angle / shape.sweep_deg + 0.5) * columns - 0.5
    row = (1.0 - place[2] / shape.height_m) * rows - 0.5
    left, top = math.floor(column), math.floor(row)
    light = np.zeros(3)
    for x, y in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
        light += picture[y, x].astype(float) * (1 - abs(column - x)) * (1 - abs(row - y))
    return light


def pinhole(radius_m, pose, light):
    if radius_m is not None:
        light = light / np.linalg.norm(light) * radius_m - pose.pupil_m
    across, ahead, above = pose.axes.T @ light
    return np.array([across / ahead, above / ahead])


@pytest.mark.gl
def test_a_long_exposure_sees_the_frames_before_and_after_its_own(film_set):
    """A camera that stands; the frames around its own show what is right 2 cm to the right: two parts of five."""
    rest = RecordedMotion(parse_motion(["0 0 0 0 0 0 0 1", "9 0 0 0 0 0 0 1"]), (0.0, 0.0, 1.3))
    eye_m = Mounting(film_set.camera, film_set.truth).film_pose(rest.pose_at(0.0)).pupil_m
    aside_m = np.array([0.02, 0.0, 0.0])
    right, wrong = (film_set.shown_for(*place.tolist()) for place in (eye_m, eye_m + aside_m))
    whole = median_of(film_set, rest, [wrong], Shutter())
    shutter = shutters_of(film_set.studio.config, 5)["A"]
    assert shutter.reach == 1
    assert median_of(film_set, rest, [wrong, right, wrong], shutter) == pytest.approx(0.4 * whole, rel=0.02)
    assert median_of(film_set, rest, [right, wrong, right], shutter) == pytest.approx(0.6 * whole, rel=0.02)


def median_of(film_set, motion, shown, shutter):
    camera = MovingCamera(
        film_set.studio, film_set.camera, film_set.truth, motion, offset_m=(0.0, 0.0, 0.0), shutter=shutter
    )
    reel = [
        FilmedFrame(
            number=1 + index,
            lit={START_NS + 1_000_000_000: ("main",)},
            plans=dict.fromkeys(RUNS, plan),
            pictures=dict.fromkeys(RUNS, pictures),
        )
        for index, (plan, pictures) in enumerate(shown)
    ]
    camera.film(reel)
    return camera.tallies["predict"].grid.registration().median_px


@pytest.mark.gl
def test_report_and_page_show_how_the_film_was_exposed(tmp_path):
    out = tmp_path / "out"
    done = command_here(
        "verify",
        str(write_stage(tmp_path, limits="")),
        *("--poses", "0", "--motion", "dolly", "--seconds", "2.2", "--sub-frames", "3", "--out", str(out), "--json"),
    )
    assert done.returncode == 0, done.stderr
    camera = json.loads(done.stdout)["cameras"]["A"]
    assert camera["motion"]["shutter"] == {"sub_frames": 3, "exposure_ms": pytest.approx(1000 / 48, abs=1e-5)}
    assert camera["by_motion"]["dolly"]["shutter"] == camera["motion"]["shutter"]
    assert "exposure of 20.8 ms" in (out / "verify.html").read_text()
    assert "mean of 3 sub-frames" in (out / "verify.html").read_text()


@pytest.mark.parametrize("count", ["0", "33", "2.5"])
def test_impossible_counts_of_sub_frames_are_refused(tmp_path, count):
    done = command_here("verify", str(write_stage(tmp_path)), "--sub-frames", count)
    assert done.returncode == 2
    assert "sub-frames" in done.stderr


def test_a_shutter_open_for_too_many_wall_frames_is_refused_with_the_cure(tmp_path):
    config = load_config(write_stage(tmp_path, camera=f"{LONG}\nfilm_rate_hz = 1.0")).config
    assert shutters_of(config, 1)["A"].reach == 0
    with pytest.raises(ConfigError, match=r"camera A that is open for 1000 ms.*raise film_rate_hz"):
        shutters_of(config, 8)
