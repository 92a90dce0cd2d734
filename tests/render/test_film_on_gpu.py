"""The film picture that the GPU draws, held against its double-precision form: places to 0.05 film px, light to 0.5 %."""

import math

import numpy as np
import pytest

from calibration.cameras import Camera
from calibration.lens_records import Lens, LensNode
from calibration.rasters.meshes import parse_obj
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.walls import ArcShape, MeshShape, PlaneShape, Signal, Wall
from render.film.camera import FilmPose, every_pixel, in_stage
from render.film.composite import LitWall, composite
from render.film.lens import film_lens
from render.film.rotation import axes_from_pan_tilt_roll
from render.film.scene import film_wall, look
from render.film.screen import light_of_codes, raw_light
from render.gpu.context import Target, prepare
from render.readback.film import FilmDrawing, WallSight
from render.readback.film_optics import FilmOptics
from render.readback.film_walls import filmed_wall

SIZE = (320, 180)
PLACE_PX = 0.05
LIGHT = 0.005
PLANE = PlaneShape(lower_left_m=(-2.5, 4.0, -0.2), lower_right_m=(2.5, 4.6, 0.0), upper_left_m=(-2.5, 4.2, 2.8))
ARC = ArcShape(radius_m=4.0, sweep_deg=150.0, height_m=2.6, base_m=(0.3, -0.2, 0.1), turn_deg=12.0)
NEAR = PlaneShape(lower_left_m=(-0.6, 2.0, 0.4), lower_right_m=(0.5, 2.2, 0.4), upper_left_m=(-0.6, 2.0, 1.6))
LENSES = {
    "pinhole": None,
    "direct": Lens(
        model="Brown-Conrady D-U",
        nodes=(LensNode(zoom_raw=0.0, focal_length_mm=24.0, radial=(2e-4, 0.0, 1e-7), tangential=(2e-5, -1e-5)),),
    ),
    "solved": Lens(
        model="Brown-Conrady U-D",
        nodes=(
            LensNode(
                zoom_raw=0.0,
                focal_length_mm=24.0,
                radial=(-3e-4, 0.0, 1e-7),
                projection_offset_mm=(0.3, -0.2),
                distortion_offset_mm=(0.1, 0.05),
            ),
        ),
    ),
}


def bowl(columns=24, rows=8):
    """A wall of triangles bent both ways, lit on its inside."""
    text = []
    for down in range(rows + 1):
        for across in range(columns + 1):
            u, v = across / columns, down / rows
            pan, lift = (u - 0.5) * 2.2, v - 0.4
            reach = 4.0 - 0.8 * lift * lift
            text.append(f"v {reach * math.sin(pan)} {reach * math.cos(pan)} {2.8 * v}\nvt {u} {v}")
    for down in range(rows):
        for across in range(columns):
            first = down * (columns + 1) + across + 1
            corners = (first, first + 1, first + columns + 2, first + columns + 1)
            text.append("f " + " ".join(f"{corner}/{corner}" for corner in corners))
    return parse_obj("\n".join(text), "bowl.obj")


WALLS = {
    "plane": (PLANE, None),
    "arc": (ARC, None),
    "mesh": (MeshShape(file="bowl.obj"), bowl()),
}


def wall_of(kind, name="main", resolution=(256, 96), signal=None):
    shape, mesh = WALLS[kind]
    return Wall(name=name, resolution_px=resolution, shape=shape, signal=signal or Signal(peak_nits=100.0)), mesh


def lens_of(kind):
    if LENSES[kind] is None:
        return FilmOptics(Camera(name="A"), None, SIZE[0]).lens_seeing((-0.7, 0.7, -0.39375, 0.39375))
    return film_lens(LENSES[kind], 0.0, (36.0, 20.25), SIZE)


def pose(pan=8.0, tilt=3.0, roll=2.0, eye=(0.2, -0.6, 1.3)):
    return FilmPose(pupil_m=np.array(eye), axes=axes_from_pan_tilt_roll(pan, tilt, roll))


def sight(wall, lens, at):
    return WallSight(wall.name, lens, tuple(at.pupil_m.tolist()), *(tuple(axis) for axis in at.axes.T.tolist()))


def codes_of(wall, seed=1):
    """Codes that change smoothly by a few from LED to LED, so that every place has a colour of its own."""
    columns, rows = wall.resolution_px
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    waves = [128 + 100 * np.sin(x * (0.05 + 0.02 * n) + y * (0.07 - 0.02 * n) + seed + n) for n in range(3)]
    return np.stack(waves, axis=-1).astype(np.uint8)


class Drawn:
    """Film pictures of walls on the GPU, and by their judge."""

    def __init__(self, context, *walls):
        prepare(context)
        self.context, self.walls = context, walls
        filmed = [
            filmed_wall(context, wall, wall_surface(wall, wall_positions(wall, mesh)), mesh) for wall, mesh in walls
        ]
        self.across = {one.wall.name: one for one in filmed}
        self.drawing = FilmDrawing(context, filmed)
        self.codes = {wall.name: codes_of(wall, index) for index, (wall, _) in enumerate(walls)}
        self.sent = {name: self._texture(codes) for name, codes in self.codes.items()}

    def _texture(self, codes):
        rows, columns = codes.shape[:2]
        alpha = np.full((rows, columns, 1), 255, np.uint8)
        return self.context.texture((columns, rows), 4, np.concatenate([codes, alpha], axis=2).tobytes())

    def picture(self, lens, poses, kind="f4", *, in_pairs=False, **options):
        target = Target(self.context, SIZE, kind, in_pairs=in_pairs)
        sights = [sight(wall, lens, at) for (wall, _), at in zip(self.walls, poses, strict=False)]
        self.drawing.draw(target, sights, self.sent, **options)
        components = 2 if in_pairs else 4 if kind == "f4" else 3
        pixels = target.framebuffer.read(components=components, dtype=kind, alignment=1)
        return np.frombuffer(pixels, np.float32 if kind == "f4" else np.uint8).reshape(SIZE[1], SIZE[0], components)

    def judged(self, lens, poses, *, raw=False):
        full = max(wall.signal.peak_nits for wall, _ in self.walls)
        pixel_tangent = lens.sensor_mm[0] / lens.focal_length_mm / SIZE[0]
        lit = []
        for (wall, mesh), at in zip(self.walls, poses, strict=True):
            light = (raw_light() if raw else light_of_codes(wall.signal, full))[self.codes[wall.name]]
            across = self.across[wall.name].leds_across(tuple(at.pupil_m), pixel_tangent)
            lit.append(LitWall(film_wall(wall, mesh), light, at, every_pixel(lens), across))
        return composite(lit, SIZE), [one.leds_across for one in lit]


@pytest.mark.gl
@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("kind", WALLS)
def test_each_pixel_sees_the_place_that_the_judge_sees(context, kind, lens):
    wall, mesh = wall_of(kind)
    drawn, optics, at = Drawn(context, (wall, mesh)), lens_of(lens), pose()
    found = drawn.picture(optics, [at], places=True).reshape(-1, 4).astype(np.float64)
    pixels = every_pixel(optics)
    assert len(pixels.rays) == SIZE[0] * SIZE[1]
    seen = look((film_wall(wall, mesh),), at.pupil_m, in_stage(at, pixels.rays))
    met, judged = found[:, 2] > 0.0, np.isfinite(seen.distance)
    assert 0.3 < judged.mean() < 1.0
    assert (met != judged).mean() < 3e-4  # pixels whose middle is on the very edge
    both = met & judged
    assert ((found[both, 3] > 0.5) == (seen.wall[both] == 0)).mean() > 1.0 - 3e-4
    column = np.where(judged, seen.column, np.nan).reshape(SIZE[1], SIZE[0])
    leds_per_px = np.nanmedian(np.abs(np.diff(column, axis=1)))
    apart = np.hypot(found[both, 0] - seen.column[both], found[both, 1] - seen.row[both]) / leds_per_px
    assert np.quantile(apart, 0.999) < PLACE_PX


@pytest.mark.gl
@pytest.mark.parametrize(
    "signal", [Signal(peak_nits=100.0), Signal(curve="gamma", gamma=2.2), Signal(curve="pq", peak_nits=1500.0)]
)
def test_light_is_that_of_the_judge_for_every_signal(context, signal):
    drawn, optics = Drawn(context, wall_of("arc", signal=signal)), lens_of("pinhole")
    found = drawn.picture(optics, [pose()], "f1")
    judged, across = drawn.judged(optics, [pose()])
    assert across == [1]
    assert light_apart(found, judged) < LIGHT


@pytest.mark.gl
def test_a_wall_that_is_denser_than_the_film_is_averaged(context):
    drawn, optics = Drawn(context, wall_of("plane", resolution=(2048, 1024))), lens_of("pinhole")
    judged, across = drawn.judged(optics, [pose()])
    assert across[0] >= 3
    assert light_apart(drawn.picture(optics, [pose()], "f1"), judged) < LIGHT


@pytest.mark.gl
def test_each_wall_is_seen_from_its_own_pose_and_the_nearest_is_before_the_others(context):
    near = Wall(name="near", resolution_px=(64, 64), shape=NEAR, signal=Signal(peak_nits=200.0))
    far, _ = wall_of("arc", "far")
    poses, optics = (pose(), pose(pan=-3.0, eye=(0.0, -0.5, 1.2))), lens_of("solved")
    for walls, ats in (((far, near), poses), ((near, far), poses[::-1])):
        drawn = Drawn(context, *((wall, None) for wall in walls))
        judged, _ = drawn.judged(optics, ats)
        assert light_apart(drawn.picture(optics, ats, "f1"), judged) < LIGHT


@pytest.mark.gl
def test_the_back_of_a_wall_is_dark_and_numbers_are_taken_as_light(context):
    drawn, optics = Drawn(context, wall_of("plane")), lens_of("pinhole")
    behind = pose(pan=180.0, eye=(0.0, 9.0, 1.3))
    assert not drawn.picture(optics, [behind], "f1").any()
    found = drawn.picture(optics, [pose()], "f1", raw=True)
    judged, _ = drawn.judged(optics, [pose()], raw=True)
    assert light_apart(found, judged) < LIGHT


@pytest.mark.gl
@pytest.mark.parametrize("seen", [0, 1, 2], ids=["no wall", "one wall", "two walls"])
def test_in_pairs_each_pixel_has_its_luma_and_each_pair_its_colour_differences(context, seen):
    near = Wall(name="near", resolution_px=(64, 64), shape=NEAR, signal=Signal(peak_nits=200.0))
    drawn, optics = Drawn(context, wall_of("arc", "far"), (near, None)), lens_of("pinhole")
    poses = [pose(), pose()][:seen]
    codes = drawn.picture(optics, poses, "f1").astype(np.float64)
    found = drawn.picture(optics, poses, "f1", in_pairs=True).astype(np.float64)
    assert np.abs(found[..., 0] - codes @ (0.299, 0.587, 0.114)).max() <= 1.0
    means = 0.5 * (codes[:, ::2] + codes[:, 1::2])
    blue = 128.0 + means @ (-0.168736, -0.331264, 0.5)
    red = 128.0 + means @ (0.5, -0.418688, -0.081312)
    inside = slice(None) if seen < 2 else ~near_edges(codes)
    assert np.abs(found[:, ::2, 1] - blue)[inside].max() <= 1.0
    assert np.abs(found[:, 1::2, 1] - red)[inside].max() <= 1.0
    assert codes.any() == (seen > 0)


def near_edges(codes):
    """The pairs of which one pixel may show another wall than the other one, or none."""
    return np.abs(codes[:, ::2] - codes[:, 1::2]).max(axis=2) > 24.0


def light_apart(codes, light):
    """How far the light of screen codes is from what it should be, as a share of full light, without silhouettes."""
    shown = light_of_codes(Signal(peak_nits=1.0), 1.0)[codes].astype(np.float64)
    right = np.clip(light, 0.0, 1.0)
    assert (right.max(axis=2) > 0.0).mean() > 0.2
    return float(np.quantile(np.abs(shown - right).max(axis=2), 0.9985))
