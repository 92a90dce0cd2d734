"""Crowds on a mesh: who stands and walks there is on its surface at all times, and is drawn there."""

import msgspec
import numpy as np
import pytest

from render.models.crowd import Gait, figures_of_each
from render.models.crowd_walks import MOST_STEP_M, stood_on
from render.models.faults import ModelError
from render.models.ground import MOST_GROUND, ground_of
from render.models.made import made_box, made_model
from render.models.model import Material, Node, Part
from render.models.pack import unpack
from render.models.read_needed import read_needed
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdKeys, CrowdPlan
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.model.spaces import GroundUse, ground_space
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from stage.assets.films_and_scenes import packed_model
from tests.render.models.made_gltf import QUAD_INDICES, Gltf
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions, plane_wall
from tracking.records import ConfigError

WALL = plane_wall(size=(160, 90))
GRADE, RISE_M, TREAD_M = 0.3, 0.125, 0.5
USE = GroundUse(count=300, seed=5, turn_deg=25.0)
GROUND, SHORT, TALL = "a" * 64, "b" * 64, "c" * 64


def quad(*corners):
    """A square between four corners, counter-clockwise, in metres to the right, ahead and up."""
    places = np.array([(x, z, -y) for x, y, z in corners], np.float32)
    return Part(np.array([(0, 1, 2), (0, 2, 3)], np.uint32), places, np.zeros((4, 3), np.float32), 0)


def level(x, y, z, wide=4.0, deep=TREAD_M):
    return quad((x, y, z), (x + wide, y, z), (x + wide, y + deep, z), (x, y + deep, z))


def model_of(*parts, **node):
    return made_model(parts, [Material()], [Node(mesh=number, **node) for number in range(len(parts))])


def slope():
    return model_of(quad((-3, 4, 0), (3, 4, 0), (3, 12, 8 * GRADE), (-3, 12, 8 * GRADE)))


def stairs(count=8):
    return model_of(*(level(-2.0, 4.0 + TREAD_M * step, RISE_M * step) for step in range(count)))


def on_slope(_, y):
    return ((y - 4.0) * GRADE,) * 2


def on_stairs(_, y):
    """The heights just before and behind: they differ on an edge."""
    return tuple(RISE_M * np.floor((y - 4.0 + off) / TREAD_M) for off in (-2e-4, 2e-4))


def shares_of_ways(stood, share):
    """Where each is at a share of its way, as the shader has it: x, y, and how high."""
    rows, bends = stood.rows.astype(float), stood.bends.astype(float)
    along = share * rows[:, 4]
    x, y = (rows[:, :2] + along[:, None] * rows[:, 2:4]).T
    own = (bends[int(row[6]) : int(row[6] + row[7])] for row in rows)
    if not len(bends):
        return x, y, rows[:, 5]
    return x, y, np.array([np.interp(at, *one.T) for at, one in zip(along, own, strict=True)])


@pytest.mark.parametrize("walks", [True, False])
@pytest.mark.parametrize(("model", "heights", "far"), [(slope, on_slope, 12.0), (stairs, on_stairs, 8.0)])
@pytest.mark.parametrize("flow_deg", [0.0, 77.0])
def test_all_are_on_slopes_and_steps_wherever_they_are_on_their_way(walks, model, heights, far, flow_deg):
    stood = stood_on(ground_of(model(), None), msgspec.structs.replace(USE, walks=walks, flow_deg=flow_deg))
    for share in np.linspace(0.0, 1.0, 41):
        x, y, z = shares_of_ways(stood, share)
        off = np.min([np.abs(z - one) for one in heights(x, y)], axis=0)
        assert off.max() <= 1e-6
        assert (np.abs(x) <= 3.0 + 1e-3).all()
        assert ((y >= 4.0 - 1e-3) & (y <= far + 1e-3)).all()
    assert np.ptp(shares_of_ways(stood, 0.5)[1]) > 2.0 or walks
    assert np.median(stood.rows[:, 4]) > 2.0 or not walks


def test_one_seed_gives_one_crowd_which_is_spread_by_area():
    ground = ground_of(model_of(level(-4, 4, 0, 4.0, 9.0), level(0, 4, 0, 1.0, 9.0)), None)
    one, same = (stood_on(ground, msgspec.structs.replace(USE, count=2000, walks=False)) for _ in range(2))
    other = stood_on(ground, msgspec.structs.replace(USE, count=2000, walks=False, seed=6))
    assert (one.rows == same.rows).all()
    assert (one.rows != other.rows).any()
    assert np.mean(one.rows[:, 0] < 0.0) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("high_m", "is_climbed"), [(MOST_STEP_M - 0.1, True), (MOST_STEP_M + 0.1, False)])
def test_a_low_box_on_the_ground_is_walked_over_and_a_high_one_turns_who_meets_it(high_m, is_climbed):
    parts = [level(-5, 0, 0, 10.0, 20.0), made_box((4.0, high_m, 4.0))]
    nodes = [Node(mesh=0), Node(mesh=1, place_m=(0.0, 0.5 * high_m, -10.0))]
    stood = stood_on(ground_of(made_model(parts, [Material()], nodes), None), USE)
    changed = 0
    before = None
    for share in np.linspace(0.0, 1.0, 61):
        x, y, z = shares_of_ways(stood, share)
        on_box = (np.abs(x) < 2.0 - 1e-3) & (np.abs(y - 10.0) < 2.0 - 1e-3)
        off_box = (np.abs(x) > 2.0 + 1e-3) | (np.abs(y - 10.0) > 2.0 + 1e-3)
        assert np.abs(z[on_box] - high_m).max(initial=0.0) <= 1e-6
        assert np.abs(z[off_box]).max() <= 1e-6
        changed += 0 if before is None else int((before != (z > 0.5 * high_m)).sum())
        before = z > 0.5 * high_m
    assert (changed > 20) == is_climbed


def test_nobody_changes_between_floors_that_lie_above_each_other():
    stood = stood_on(ground_of(model_of(level(-5, 4, 0, 10.0, 9.0), level(-5, 4, 3.0, 10.0, 9.0)), None), USE)
    low, high = (np.array([shares_of_ways(stood, share)[2] for share in (0.0, 0.4, 1.0)]) == one for one in (0.0, 3.0))
    assert (low.all(axis=0) | high.all(axis=0)).all()
    assert 90 < low[0].sum() < 210


def test_a_node_or_mesh_and_what_hangs_on_it_is_ground_alone_mirrored_turned_and_scaled():
    parts = [level(0, 0, 0), level(0, 0, 0)]
    nodes = [
        Node("Stand", scale=(-2.0, 1.0, 1.0), place_m=(0.0, 1.0, 0.0)),
        Node("Row", mesh=0, parent=0),
        Node("Other", mesh=1),
    ]
    model = made_model(parts, [Material()], nodes)
    for name, corners, z in (("Stand", (-8.0, 0.0), 1.0), ("Other", (0.0, 4.0), 0.0), ("part 0", (-8.0, 0.0), 1.0)):
        ground = ground_of(model, name)
        assert (ground.corners[..., 0].min(), ground.corners[..., 0].max()) == corners
        assert (ground.corners[..., 2] == z).all()


@pytest.mark.parametrize(
    ("model", "node", "where", "reason"),
    [
        (model_of(quad((0, 4, 0), (1, 4, 0), (1, 4, 2), (0, 4, 2))), None, "nodes", "none of which looks upwards"),
        (model_of(level(0, 0, 0), scale=(1.0, -1.0, 1.0)), None, "nodes", "turn its faces over"),
        (model_of(level(0, 0, 0), scale=(0.0, 1.0, 0.0)), None, "nodes", "none of which looks upwards"),
        (made_model([level(0, 0, 0)], [Material()], [Node("empty")]), None, "nodes", "found 0 triangles"),
        (model_of(level(0, 0, 0), name="Seats"), "Rows", "nodes", "called 'Rows', expected one of Seats"),
        (model_of(level(0, 0, 0), scale=(1e6, 1.0, 1.0)), None, "nodes", "beyond 10000 m"),
    ],
)
def test_what_is_no_ground_is_refused_with_its_place(model, node, where, reason):
    with pytest.raises(ModelError, match=reason) as error:
        ground_of(model, node)
    assert error.value.where == where


def test_more_triangles_than_are_taken_are_refused():
    part = level(0, 0, 0)._replace(triangles=np.tile(np.array([(0, 1, 2)], np.uint32), (MOST_GROUND + 1, 1)))
    with pytest.raises(ModelError, match=f"found {MOST_GROUND + 1} triangles to stand on"):
        ground_of(model_of(part), None)


def ground_file(path, corners):
    made = Gltf()
    places = np.array([(x, z, -y) for x, y, z in corners], np.float32)
    made.shown({"attributes": {"POSITION": made.array(places)}, "indices": made.array(QUAD_INDICES)}, name="Seats")
    return made.glb(path)


def test_a_file_is_read_for_those_who_stand_on_it_and_refused_by_its_name(tmp_path):
    space = ground_space(msgspec.structs.replace(USE, node="Seats"))
    good = ground_file(tmp_path / "stand.glb", [(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
    model = unpack(memoryview(b"".join(packed_model(good, space).chunks)))
    assert (model.stood.rows == read_needed(good, space).model.stood.rows).all()
    assert (model.stood.rows[:, 5] == 1.0).all()
    for corners, reason in (
        ([(0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)], "nodes 'Seats': found 2 triangles"),
        ([(0, 0, np.nan), (1, 0, 0), (1, 1, 0), (0, 1, 0)], "found NaN"),
    ):
        path = ground_file(tmp_path / "bad.glb", corners)
        with pytest.raises(ConfigError, match=reason) as error:
            packed_model(path, space)
        assert error.value.findings[0].startswith(f"{path}: ")


def test_bends_that_are_not_there_are_never_looked_up(tmp_path):
    stood = stood_on(ground_of(stairs(), None), USE)
    chunks = b"".join(
        packed_model(
            ground_file(tmp_path / "a.glb", [(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]), ground_space(USE)
        ).chunks
    )
    last = stood.rows[-1:, 7].tobytes()
    at = chunks.rindex(last)
    with pytest.raises(ConfigError, match="bends"):
        unpack(memoryview(chunks[:at] + np.float32(9e9).tobytes() + chunks[at + 4 :]))


def test_models_have_their_shares_and_every_figure_is_of_one():
    plan = CrowdPlan(count=90, area_m=((-5.0, 3.0), (5.0, 3.0), (5.0, 9.0)), figures=(SHORT, SHORT, TALL))
    few, many = (figures_of_each(plan, gaits) for gaits in ((Gait(1.0, 1.0),), (Gait(1.0, 1.0, 2), Gait(2.0, 3.0))))
    assert [len(one.rows) for one in many] == [60, 30]
    joined = np.concatenate([one.rows for one in many])[:, [0, 1, 8, 9]]
    assert sorted(joined.tolist()) == sorted(few[0].rows[:, [0, 1, 8, 9]].tolist())


def test_figures_of_each_model_have_the_bends_of_their_own_ways():
    stood = stood_on(ground_of(stairs(), None), USE)
    plan = CrowdPlan(count=USE.count, area=GROUND, figures=(SHORT, TALL))
    of_each = figures_of_each(plan, (Gait(1.0, 1.0), Gait(2.0, 3.0)), stood)
    assert sum(len(one.bends) for one in of_each) == len(stood.bends)
    known = {row[:2].tobytes(): stood.bends[int(row[6]) : int(row[6] + row[7])] for row in stood.rows}
    for one in of_each:
        for row in one.rows:
            assert (one.bends[int(row[13]) : int(row[13] + row[14])] == known[row[:2].tobytes()]).all()


def test_a_crowd_names_what_it_needs_and_is_ready_when_that_is_there():
    crowd = CrowdKeys(count=3, area_node="Ground", figures=("b.glb", "c.glb"))
    layer = ModelLayer(file="a.glb", crowd=crowd)
    assert list(layer.broken_rules()) == []
    assert [key for key, _ in layer.keyed_pictures()] == [
        "file",
        "crowd.figures[0]",
        "crowd.figures[1]",
        "crowd.area_node",
    ]
    shas = {one.asset_key: str(number) * 64 for number, (_, one) in enumerate(layer.keyed_pictures())}
    light = layer.light(shas)
    assert light.is_ready()
    assert list(light.impossible()) == []
    assert [asset for asset, _ in light.assets()] == [one * 64 for one in "0123"]
    for missing in shas:
        assert (
            not layer.light({key: sha for key, sha in shas.items() if key != missing}).is_ready()
            or missing == "a.glb\nmodel"
        )
    moved = layer.with_files(lambda name: f"/x/{name}")
    assert [file for _, file in moved.named_files()] == ["/x/a.glb", "/x/b.glb", "/x/c.glb"]


@pytest.mark.parametrize(
    ("layer", "keys", "code"),
    [
        ({"scene": "people"}, {}, "crowd_without_area"),
        ({"scene": "people"}, {"area_m": ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)), "area": "a.glb"}, "crowd_area_twice"),
        ({"file": "walker.glb"}, {"area_node": "Ground"}, "crowd_node_without_mesh"),
        ({"scene": "people"}, {"area": "a.obj"}, "model_file_ending"),
        ({}, {"area": "a.glb", "figures": ("b.fbx",)}, "model_file_ending"),
        ({}, {"area": "a.glb"}, "model_lacks_file"),
    ],
)
def test_a_crowd_that_cannot_be_is_refused_by_its_key(layer, keys, code):
    assert [rule.code for rule in ModelLayer(**layer, crowd=CrowdKeys(count=3, **keys)).broken_rules()] == [code]


RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def figure(colour, high_m):
    box = made_box((0.6, high_m, 0.6))
    material = Material(colour=(*colour, 1.0), metallic=0.0)
    return made_model([box], [material], [Node(mesh=0, place_m=(0.0, 0.5 * high_m, 0.0))])._replace(
        low_m=(-0.3, 0.0, -0.3), high_m=(0.3, high_m, 0.3)
    )


@pytest.fixture
def renderer(context):
    found = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    found.load_model(SHORT, figure(RED, 1.0))
    found.load_model(TALL, figure(GREEN, 2.0))
    return found


def shown(renderer, plan, **light):
    layer = LayerPlan(light=ModelPlan(crowd=plan, **light))
    renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=(layer,)))))
    return renderer.read_wall_linear(WALL.name)


@pytest.mark.gl
@pytest.mark.parametrize("walks", [True, False])
@pytest.mark.parametrize("near_m", [8.0, 20.0], ids=["figures", "cards"])
def test_a_figure_is_drawn_as_high_as_the_slope_below_it(renderer, near_m, walks):
    plan = CrowdPlan(count=1, area=GROUND, figures=(SHORT,), walks=walks, flow_deg=90.0, size_spread=0.0, turn_deg=0.0)
    ramp = quad((-3, near_m, 1.5), (3, near_m, -0.5), (3, near_m + 0.02, -0.5), (-3, near_m + 0.02, 1.5))
    use = GroundUse(count=1, walks=walks, flow_deg=90.0, turn_deg=0.0)
    assert plan.ground_space() == ground_space(use)
    stood = stood_on(ground_of(model_of(ramp), None), use)
    assert shown(renderer, plan).max() == 0.0  # the ground is not there yet
    renderer.load_model(
        GROUND, made_model([ramp], [Material()])._replace(nodes=(), meshes=(), stood=stood), plan.ground_space()
    )
    pitch = float(np.linalg.norm(plane_positions(WALL)[1, 0] - plane_positions(WALL)[0, 0]))
    heights = []
    for time_us in (0, 700_000, 1_400_000):
        picture = shown(renderer, plan, time_us=time_us)
        seen = plane_positions(WALL)[picture[..., 0] > 0.1 * picture.max()]
        scale = near_m / float(plane_positions(WALL)[0, 0, 1])
        middle, foot = (seen[:, 0].min() + seen[:, 0].max()) / 2 * scale, 1.5 + (seen[:, 2].min() - 1.5) * scale
        assert foot == pytest.approx(0.5 - middle / 3.0, abs=1.5 * pitch * scale)
        heights.append(foot)
    assert (np.ptp(heights) > 0.05) == walks


@pytest.mark.gl
def test_a_crowd_of_two_models_is_of_both_and_stands_in_the_scene_of_its_file(renderer):
    area = ((-3.0, 6.0), (3.0, 6.0), (3.0, 9.0), (-3.0, 9.0))
    plan = CrowdPlan(count=12, area_m=area, figures=(SHORT, TALL), walks=False, size_spread=0.0, tint_spread=0.0)
    alone = shown(renderer, plan)
    high = {}
    for channel in (0, 1):
        is_of = alone[..., channel] > 2.0 * alone[..., 1 - channel]
        assert is_of.sum() > 30
        high[channel] = plane_positions(WALL)[is_of][:, 2].max()
    assert high[1] > high[0] + 0.1
    renderer.load_model("d" * 64, figure((0.0, 0.0, 1.0), 3.0))
    within = shown(renderer, plan, asset="d" * 64, origin_m=(0.0, 5.0, 0.0))
    for channel in range(3):
        others = within.sum(axis=2) - within[..., channel]
        assert (within[..., channel] > 1.5 * others).sum() > 10


@pytest.mark.gl
def test_in_the_full_tier_a_figure_throws_its_shadow_from_the_ground_that_it_is_on(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="full")
    renderer.load_model(SHORT, figure(RED, 1.0))
    renderer.load_model("d" * 64, model_of(made_box((40.0, 0.1, 40.0))))
    use = GroundUse(count=1, walks=False, turn_deg=0.0)
    plan = CrowdPlan(count=1, area=GROUND, figures=(SHORT,), walks=False, turn_deg=0.0, size_spread=0.0)
    stood = stood_on(ground_of(model_of(level(-0.05, 8.0, 0.9, 0.1, 0.1)), None), use)
    renderer.load_model(
        GROUND, made_model([level(0, 0, 0)], [Material()])._replace(nodes=(), stood=stood), ground_space(use)
    )
    lights = (
        SkyLight(sky=SkyPlan(sun=(0.8, 0.0, 0.6))),
        ModelPlan(asset="d" * 64, origin_m=(0.0, 8.0, -0.05)),
        ModelPlan(crowd=plan),
    )
    world = WorldPlan(key="w", layers=tuple(LayerPlan(light=light) for light in lights))
    renderer.draw(frame_plan((WALL,), air=AirPlan(world=world)))
    picture, ways = renderer.read_wall_linear(WALL.name).sum(axis=2), plane_positions(WALL) - np.array(OUTER_EYE)
    with np.errstate(divide="ignore", invalid="ignore"):
        met = np.where(ways[..., 2:] < 0.0, ways[..., :2] * (OUTER_EYE[2] / -ways[..., 2:]), np.inf) + OUTER_EYE[:2]

    def floor_at(x):
        return float(picture.flat[np.linalg.norm(met - (x, 8.05), axis=2).argmin()])

    in_shadow, below, beside = floor_at(-1.2 - 0.6), floor_at(-0.7), floor_at(1.0)
    assert in_shadow < 0.7 * beside  # of who stands 0.9 m above the floor, whose shadow begins 1.2 m beside
    assert below > 0.9 * beside
