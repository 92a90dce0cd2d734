"""A wrong sign, order or time put anywhere into the wall's own path must make `stage verify` fail.

Each mutation is one small mistake of the kind that people make; the verification runs on a stage that leaves nothing
at zero, and a limit must break. Unmutated, all limits are kept.
"""

from unittest import mock

import msgspec
import pytest

import render.compose.views
import render.gpu.passes
import render.plan.frustum
import render.views.view
import stage.loading.geometry
import stage.show.camera.mounts
import stage.show.camera.rig
import stage.show.plan.views
import tracking.prediction.estimate
import tracking.protocols.decoders
import tracking.tracker.tracker
from render.views.edges import Tangents
from stage.verify.run import verify
from stage.verify.settings import VerifySettings
from tests.stage.proving_stage import SECONDS, write_motion, write_stage
from tracking.records import TrackerSample
from tracking.rotation import invert, quat_conjugate
from tracking.timing.envelope import Timing


def wrapped(owner, name, change):
    """Replaces `owner.name` by `change(original)`."""
    return mock.patch.object(owner, name, change(getattr(owner, name)))


def on_samples(change):
    """A decoder whose samples are changed."""

    def around(feed):
        def mutated(self, datagram):
            return tuple(change(one) if isinstance(one, TrackerSample) else one for one in feed(self, datagram))

        return mutated

    return wrapped(tracking.protocols.decoders.Decoder, "feed", around)


def pan_the_other_way(sample):
    x, y, z, w = sample.rotation
    return msgspec.structs.replace(sample, rotation=(x, -y, -z, w))


def axes_in_another_order(sample):
    x, y, z = sample.position_m
    return msgspec.structs.replace(sample, position_m=(y, x, z))


def a_shorter_millimetre(sample):
    x, y, z = sample.position_m
    return msgspec.structs.replace(sample, position_m=(x * 0.99, y * 0.99, z * 0.99))


def picture_with(**changes):
    """A drawn view whose ray uniforms are changed."""

    def around(rays):
        def mutated(self):
            uniforms = rays(self)
            return uniforms | {name: change(uniforms[name]) for name, change in changes.items()}

        return mutated

    return wrapped(render.views.view.View, "rays", around)


def negated(values):
    return tuple(-value for value in values)


def mirrored_place(values):
    scale_x, scale_y, offset_x, offset_y = values
    return (-scale_x, scale_y, 1.0 - offset_x, offset_y)


def uniforms_with(made_by, **changes):
    """A camera's uniforms, `_view` for its region and eye or `_picture` for its picture, of which some are changed."""

    def around(uniforms):
        def mutated(inner):
            found = uniforms(inner)
            return found | {name: change(found[name]) for name, change in changes.items()}

        return mutated

    return wrapped(render.compose.views, made_by, around)


def shader_with(before, after):
    """GLSL in which one expression reads differently. It must be there: else nothing would be tried."""
    assert any(before in file.read_text() for file in render.gpu.passes.SHADERS.rglob("*.*")), before

    def around(read):
        return lambda name: read(name).replace(before, after)

    return wrapped(render.gpu.passes, "_read_shader", around)


def rows_of(matrix):
    """right, up, ahead instead of right, ahead, up (column-major)."""
    return tuple(matrix[column * 3 + row] for column in range(3) for row in (0, 2, 1))


def mirrored_in_time(estimate):
    """Predicts the pose as far back as it should go ahead."""

    def mutated(memory, target_ns, *rest, **named):
        newest_ns = memory.moments[-1].sample_ns if memory.moments else target_ns
        return estimate(memory, 2 * newest_ns - target_ns, *rest, **named)

    return mutated


def squeezed(frame, margin):
    return Tangents(left=frame.left * 0.98, right=frame.right, bottom=frame.bottom, top=frame.top)


def pupil_behind(compose):
    """The entrance pupil behind the sensor instead of in front of it."""

    def mutated(outer, inner):
        if inner.position_m[0] == inner.position_m[2] == 0.0 and inner.rotation == (0.0, 0.0, 0.0, 1.0):
            inner = msgspec.structs.replace(inner, position_m=(0.0, -inner.position_m[1], 0.0))
        return compose(outer, inner)

    return mutated


PLANNER, RIG, MOUNTS = stage.show.plan.views.ViewPlanner, stage.show.camera.rig, stage.show.camera.mounts
MUTATIONS = {
    "decode: pan turns the other way": lambda: on_samples(pan_the_other_way),
    "decode: x and y exchanged": lambda: on_samples(axes_in_another_order),
    "decode: a position unit one percent off": lambda: on_samples(a_shorter_millimetre),
    "frames: the inverse of the tracker's place in the stage": lambda: wrapped(
        MOUNTS.TrackerMount, "stage_from_tracker", lambda place: lambda self, offset: invert(place(self, offset))
    ),
    "frames: the camera composed before the body": lambda: wrapped(
        RIG, "compose", lambda compose: lambda outer, inner: compose(inner, outer)
    ),
    "frames: the entrance pupil behind the sensor": lambda: wrapped(RIG, "compose", pupil_behind),
    "frames: a placement's rotation inverted": lambda: wrapped(
        MOUNTS, "quat_from_pan_tilt_roll", lambda turn: lambda *angles: quat_conjugate(turn(*angles))
    ),
    "frames: the wall upside down": lambda: wrapped(
        stage.loading.geometry, "wall_positions", lambda places: lambda *given: places(*given)[::-1].copy()
    ),
    "time: half a frame forgotten": lambda: wrapped(
        PLANNER, "_light_ns", lambda light: lambda self, *rest: light(self, *rest) - self._half_period_ns
    ),
    "time: the wall's latency subtracted": lambda: wrapped(
        PLANNER, "_light_ns", lambda light: lambda self, *rest: light(self, *rest) - 2 * 16_000_000
    ),
    "time: the tracker's delay subtracted": lambda: wrapped(
        RIG, "delay_ns", lambda delay: lambda delay_ms: -delay(delay_ms)
    ),
    "time: a sample dated a packet too late": lambda: wrapped(
        tracking.timing.timebase,
        "from_slot",
        lambda slot: (
            lambda *given, **named: (
                found._replace(sample_ns=found.sample_ns + 16_666_667)
                if isinstance(found := slot(*given, **named), Timing)
                else found
            )
        ),
    ),
    "prediction: backwards in time": lambda: wrapped(tracking.prediction.estimate, "pupil_at", mirrored_in_time),
    "prediction: held instead": lambda: wrapped(
        tracking.prediction.estimate,
        "pupil_at",
        lambda estimate: lambda *given, **named: estimate(*given, **(named | {"predictor": "hold"})),
    ),
    "projection: a frame cut at its left": lambda: mock.patch.object(render.plan.frustum, "widen", squeezed),
    "by ray: axes in another order": lambda: uniforms_with("_view", camera_from_stage=rows_of),
    "by ray: the eye's sign": lambda: uniforms_with("_view", eye=negated),
    "by ray: followed backwards": lambda: shader_with(
        "vec3 ray = led.xyz - now.place;", "vec3 ray = now.place - led.xyz;"
    ),
    "by ray: from the outer eye alone": lambda: shader_with("found.place = sees ? EYE(camera) : found.place;", ""),
    "by ray: the view outside its region": lambda: shader_with(
        "float share = left * view_weight(", "float share = left - left * view_weight("
    ),
}
BY_RASTER = {
    "projection: the picture drawn upside down": lambda: picture_with(row_step=negated),
    "projection: the picture drawn from the other side": lambda: picture_with(eye=negated),
    "compose: looked up mirrored": lambda: uniforms_with("_picture", place_from_tangents=mirrored_place),
    "compose: axes in another order": lambda: uniforms_with("_view", camera_from_stage=rows_of),
}


@pytest.fixture(scope="module", params=["auto", "raster"])
def proof(request, tmp_path_factory):
    """The same stage drawn by ray, and by raster."""
    return _stage_drawn(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def by_ray(tmp_path_factory):
    return _stage_drawn("auto", tmp_path_factory)


@pytest.fixture(scope="module")
def by_raster(tmp_path_factory):
    return _stage_drawn("raster", tmp_path_factory)


def _stage_drawn(draw, tmp_path_factory):
    directory = tmp_path_factory.mktemp("proof")
    motion = str(write_motion(directory))
    config = write_stage(directory)
    config.write_text(config.read_text().replace("[stage]", f'[stage]\ndraw = "{draw}"', 1))
    return config, VerifySettings(motions=(motion,), seconds=SECONDS, poses=2, jitter_ms=2.0)


def broken_limits(proof):
    report = verify(*proof, lambda _doing: None).report
    return [limit.name for limit in report.limits if not limit.ok]


@pytest.mark.gl
def test_an_unmutated_stage_keeps_every_limit(proof):
    assert broken_limits(proof) == []


@pytest.mark.gl
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mistake_in_the_wall_path_breaks_a_limit(name, by_ray):
    with MUTATIONS[name]():
        assert broken_limits(by_ray), name


@pytest.mark.gl
@pytest.mark.parametrize("name", BY_RASTER)
def test_a_mistake_in_the_way_through_pictures_breaks_a_limit(name, by_raster):
    with BY_RASTER[name]():
        assert broken_limits(by_raster), name
