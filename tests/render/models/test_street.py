"""The built-in street: how far it goes, what it takes, and what shines in it when the sun has gone."""

import msgspec
import numpy as np
import pytest

from render.models.edges import edges_of
from render.models.street import lit_share, street
from render.models.street_pictures import PAVED_HALF_M, walls_of_houses
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdPlan
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import frame_plan, plane_positions, plane_wall

WALL = plane_wall(size=(96, 54))
MOST_TRIANGLES = 15_000


def test_the_street_goes_from_two_metres_to_two_kilometres_and_is_small():
    model = street()
    places = np.concatenate([part.positions for mesh in model.meshes for part in mesh.parts])
    upright = places[places[:, 1] > 0.5]
    away = np.hypot(upright[:, 0], upright[:, 2])
    assert away.min() == pytest.approx(4.0, abs=1.5)
    assert np.abs(upright[:, 2]).max() == pytest.approx(2000.0, abs=50.0)
    assert sum(len(part.triangles) for mesh in model.meshes for part in mesh.parts) < MOST_TRIANGLES


def test_every_piece_of_the_street_is_wound_as_its_normal_says_and_stays_within_its_picture():
    for mesh in street().meshes:
        for part in mesh.parts:
            a, b, c = (part.positions[part.triangles[:, corner]].astype(float) for corner in range(3))
            across = np.cross(b - a, c - a)
            assert ((across * part.normals[part.triangles[:, 0]]).sum(axis=1) >= -1e-6).all()


def test_the_street_is_the_same_each_time():
    one, other = street(), street()
    assert all(
        (a.positions == b.positions).all() and (a.colours == b.colours).all()
        for a, b in zip(
            [part for mesh in one.meshes for part in mesh.parts],
            [part for mesh in other.meshes for part in mesh.parts],
            strict=True,
        )
    )


def test_edges_of_the_far_street_are_those_that_are_seen_from_its_origin():
    model = street()
    far = max((part for mesh in model.meshes for part in mesh.parts), key=lambda part: len(part.triangles))
    listed, all_of_them = ({row.tobytes() for row in found} for found in (far.edges, edges_of(far)))
    assert listed < all_of_them
    assert 0.1 < len(listed) / len(all_of_them) < 0.5
    ridges = far.edges[:, 0][np.abs(far.edges[:, 3:6]).max(axis=1) > 4.0]
    assert np.abs(ridges).max() > PAVED_HALF_M + 2.0, "roofs that stand out above others are among them"
    near = [part for mesh in model.meshes for part in mesh.parts if np.abs(part.positions).max() < 40.0]
    assert near
    assert all(part.edges is None for part in near)


def test_its_pictures_hold_roots_of_their_light_at_every_level():
    picture = walls_of_houses()
    light = [(codes[..., :3] / 255.0) ** 2 for codes in (picture.codes, *picture.levels)]
    assert len(light) == 11
    for one in light:
        assert one.mean(axis=(0, 1)) == pytest.approx(light[0].mean(axis=(0, 1)), rel=0.03)


def test_lamps_go_on_while_the_sun_goes_down():
    shares = [lit_share(np.sin(np.radians(elevation))) for elevation in (90, 5, 2, -1, -4, -7, -90)]
    assert shares[:2] == [0.0, 0.0]
    assert shares[-2:] == [1.0, 1.0]
    assert shares == sorted(shares)


@pytest.mark.gl
def test_windows_shine_at_dusk_and_not_by_day(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    found = []
    for elevation in (30.0, -8.0):
        sine = float(np.sin(np.radians(elevation)))
        sky = SkyPlan(sun=(0.0, -float(np.sqrt(1.0 - sine * sine)), sine))
        layers = (LayerPlan(light=SkyLight(sky=sky)), LayerPlan(light=ModelPlan(scene="street")))
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
        found.append(renderer.read_wall_linear(WALL.name).max(axis=2))
    day, night = found
    shining = night >= np.percentile(night, 97)
    assert np.median(night[shining]) > 8.0 * np.median(night)
    assert np.median(day[shining]) < np.median(day)


def lamplight(model, chosen):
    """What lamps light of the corners of a street's plain pieces whose places (x, y, z) and normals are chosen."""
    parts = [part for mesh in model.meshes for part in mesh.parts if model.materials[part.material].name == "plain"]
    places = np.concatenate([part.positions for part in parts])[:, (0, 2, 1)] * (1.0, -1.0, 1.0)
    normals = np.concatenate([part.normals for part in parts])[:, (0, 2, 1)] * (1.0, -1.0, 1.0)
    return np.concatenate([part.colours for part in parts])[:, 3][chosen(*places.T, normals)]


def test_lamps_light_what_stands_at_the_kerb_and_neither_roofs_nor_what_is_far_from_them():
    model = street()
    kerb = lamplight(
        model, lambda x, y, z, n: (np.abs(np.abs(x) - 3.5) < 1e-3) & (z < 0.2) & (np.abs(n[:, 0]) > 0.9) & (y < 300.0)
    )
    bollards = lamplight(
        model, lambda x, y, z, n: (np.abs(np.abs(x) - 3.75) < 0.1) & (z < 1.0) & (np.abs(y) < 40.0) & (n[:, 2] < 0.5)
    )
    roofs = lamplight(model, lambda x, y, z, n: (z > 12.0) & (n[:, 2] > 0.3))
    skyline = lamplight(model, lambda x, y, z, n: y > 900.0)
    assert np.median(kerb) > 0.05
    assert np.median(bollards) > 0.03
    assert roofs.max() < 0.02
    assert skyline.max() == 0.0


@pytest.mark.gl
@pytest.mark.parametrize("tier", ["low", "full"])
def test_a_street_at_night_is_nowhere_black_but_above_its_roofs(context, tier):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality=tier)
    layers = (LayerPlan(light=SkyLight(sky=SkyPlan(sun=(0.0, -0.8, -0.6)))), LayerPlan(light=ModelPlan(scene="street")))
    renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
    below = renderer.read_wall_linear(WALL.name)[27:].max(axis=2)
    assert np.percentile(below, 2) > 0.1 * np.median(below)


@pytest.mark.gl
@pytest.mark.parametrize("away_m", [8.0, 60.0], ids=["figures", "cards"])
def test_lamps_light_who_walks_below_them_at_night(context, away_m):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    area = tuple((x, y) for x, y in ((-3.0, away_m), (3.0, away_m), (3.0, away_m + 3.0), (-3.0, away_m + 3.0)))
    people = ModelPlan(scene="people", crowd=CrowdPlan(count=100, area_m=area, walks=False))
    sky = SkyPlan(sun=(0.0, -0.8, -0.6))

    def drawn(*scenes):
        layers = (LayerPlan(light=SkyLight(sky=sky)), *(LayerPlan(light=scene) for scene in scenes))
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
        return renderer.read_wall_linear(WALL.name)

    street_alone, both, dark = drawn(ModelPlan(scene="street")), drawn(ModelPlan(scene="street"), people), drawn(people)
    theirs = np.abs(both - street_alone).max(axis=2) > 1e-3
    assert theirs.sum() >= 8
    assert np.median(both[theirs].max(axis=1)) > 5.0 * np.median(dark[theirs].max(axis=1))


@pytest.mark.gl
@pytest.mark.parametrize(
    ("tier", "sun"),
    [("low", (0.52, -0.85, 0.0)), ("low", (0.0, -0.82, 0.57)), ("full", (-0.70, -0.41, 0.58))],
    ids=["low sun in shade", "sun on them", "high sun in shade"],
)
def test_a_figure_that_becomes_a_card_is_as_bright_as_before_also_in_the_shade(context, tier, sun):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality=tier)
    sky = SkyPlan(sun=tuple(np.array(sun) / np.linalg.norm(sun)))

    def light_of(near_m):
        area = tuple((x, y) for x, y in ((-2.5, near_m), (2.5, near_m), (2.5, near_m + 1.0), (-2.5, near_m + 1.0)))
        people = ModelPlan(scene="people", crowd=CrowdPlan(count=60, area_m=area, walks=False))
        pictures = []
        for scenes in ((ModelPlan(scene="street"),), (ModelPlan(scene="street"), people)):
            layers = (LayerPlan(light=SkyLight(sky=sky)), *(LayerPlan(light=scene) for scene in scenes))
            renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
            pictures.append(renderer.read_wall_linear(WALL.name))
        theirs = np.abs(pictures[1] - pictures[0]).max(axis=2) > 0.05 * pictures[0].max(axis=2)
        assert theirs.sum() >= 60
        return pictures[1][theirs].mean()

    assert light_of(17.5) == pytest.approx(light_of(11.0), rel=0.35)


@pytest.mark.gl
def test_near_figures_keep_light_off_the_ground_below_their_feet(context):
    wall = plane_wall(size=(640, 360))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, quality="low")
    sky = SkyPlan(sun=(0.0, -0.8, 0.6))
    area = ((-1.5, 6.0), (1.5, 6.0), (1.5, 7.0), (-1.5, 7.0))
    people = ModelPlan(scene="people", crowd=CrowdPlan(count=8, area_m=area, walks=False))
    pictures = []
    for scenes in ((ModelPlan(scene="street"),), (ModelPlan(scene="street"), people)):
        layers = (LayerPlan(light=SkyLight(sky=sky)), *(LayerPlan(light=scene) for scene in scenes))
        renderer.draw(frame_plan((wall,), air=AirPlan(world=WorldPlan(key="w", layers=layers))))
        pictures.append(renderer.read_wall_linear(wall.name))
    left = pictures[1] / pictures[0]
    is_neutral = np.ptp(left, axis=2) < 0.01
    darkened = is_neutral & (left.max(axis=2) < 0.95) & (left.min(axis=2) > 0.3)
    assert darkened.sum() >= 880
    assert darkened[:180].sum() <= 88


def test_a_built_in_scene_needs_no_file_and_none_beside_it():
    assert not list(ModelLayer(scene="street").broken_rules())
    assert ModelLayer(scene="street").picture() is None
    assert ModelLayer(scene="street").light({}).is_ready()
    (rule,) = ModelLayer(scene="street", file="a.glb").broken_rules()
    assert (rule.key, rule.code) == ("scene", "model_file_and_scene")
    assert msgspec.json.decode(msgspec.json.encode(ModelPlan(scene="street")), type=ModelPlan).scene == "street"
