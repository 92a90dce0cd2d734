"""Crowds: where figures are at any time, and that they are drawn there, near as they are and far away as cards."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.models.crowd import LOOP_S, figures_of, share_of_loop
from render.models.crowd_choice import FigureChoice
from render.models.figure import HEIGHT_M, person
from render.models.made import made_box, made_model
from render.models.model import Material, Node
from render.renderer import Renderer
from render.worlds.model.crowd import CrowdKeys, CrowdPlan
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.models.model_pictures import view_of
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions, plane_wall

WALL = plane_wall(size=(160, 90))
SQUARE = ((-10.0, 5.0), (10.0, 5.0), (10.0, 40.0), (-10.0, 40.0))
FAR = ((-3.0, 23.0), (3.0, 23.0), (3.0, 27.0), (-3.0, 27.0))
"""Within reach of shadows, and farther away than figures are drawn as they are."""
HOOK = ((-6.0, 3.0), (-4.0, 3.0), (-4.0, 90.0), (4.0, 90.0), (4.0, 3.0), (6.0, 3.0), (6.0, 92.0), (-6.0, 92.0))


def places(figures, moment):
    """Where all figures are, as the shader has it: (n, 2)."""
    rows = figures.rows.astype(float)
    gone = 2.0 * rows[:, 4] * np.mod(rows[:, 6] + rows[:, 5] * moment, 1.0)
    along = np.where(gone < rows[:, 4], gone, 2.0 * rows[:, 4] - gone)
    return rows[:, :2] + along[:, None] * rows[:, 2:4]


def crowd(**changes):
    return CrowdPlan(**{"count": 200, "area_m": SQUARE, **changes})


@pytest.mark.parametrize("walks", [True, False])
@pytest.mark.parametrize("area", [SQUARE, SQUARE[::-1]])
def test_every_figure_stays_in_its_area_at_all_times(walks, area):
    figures = figures_of(crowd(walks=walks, area_m=area), 1.1, 1.4)
    for moment in np.linspace(0.0, 1.0, 23):
        here = places(figures, moment)
        assert (here >= np.min(area, axis=0) - 1e-3).all()
        assert (here <= np.max(area, axis=0) + 1e-3).all()


def test_figures_stay_out_of_what_an_area_leaves_open():
    figures = figures_of(crowd(area_m=HOOK), 1.1, 1.4)
    for moment in np.linspace(0.0, 1.0, 23):
        x, y = places(figures, moment).T
        assert not ((np.abs(x) < 4.0 - 1e-3) & (y < 90.0 - 1e-3)).any()


def test_figures_walk_at_their_speed_and_those_that_stand_do_not():
    share = 0.01
    for walks, expected in ((True, 1.3), (False, 0.0)):
        figures = figures_of(crowd(walks=walks), 1.1, 1.4)
        far = np.linalg.norm(places(figures, share) - places(figures, 0.0), axis=1) / (share * LOOP_S / 100.0)
        assert np.median(far) == pytest.approx(0.0 if not walks else np.median(far))
        assert (np.median(far) > 0.0) == walks
        speeds = 2.0 * figures.rows[:, 4] * figures.rows[:, 5] / LOOP_S
        assert np.median(speeds) == pytest.approx(expected, abs=0.2)


@given(st.integers(0, 2**31 - 1), st.integers(0, 300))
def test_one_seed_gives_one_crowd_of_so_many_in_a_bounded_number_of_groups(seed, count):
    one, other = (figures_of(crowd(seed=seed, count=count), 1.1, 1.4) for _ in range(2))
    assert (one.rows == other.rows).all()
    assert len(one.rows) == count
    assert [group.start for group in one.groups] == [0, *(group.stop for group in one.groups)][: len(one.groups)]
    assert len(one.groups) <= 100


def test_ten_thousand_are_in_as_few_groups_as_a_hundred():
    few, many = (len(figures_of(crowd(count=count), 1.1, 1.4).groups) for count in (100, 10_000))
    assert many == few


def test_a_group_holds_its_figures_at_all_times():
    figures = figures_of(crowd(), 1.1, 1.4)
    for moment in (0.0, 0.31, 0.77):
        here = places(figures, moment)
        for group in figures.groups:
            off = np.linalg.norm(here[group.start : group.stop] - np.array(group.middle[:2]), axis=1)
            assert off.max() <= group.radius + 1e-3


def test_a_crowd_is_where_it_was_after_each_loop_however_long_it_runs():
    assert share_of_loop(LOOP_S * 1_000_000 * 1000 + 250_000) == share_of_loop(250_000)


@given(st.floats(0.0, 1.0), st.sampled_from([40, 4000]), st.floats(-12.0, 12.0))
def test_near_figures_in_a_view_are_drawn_as_they_are_and_the_groups_of_all_as_cards(moment, count, eye_x):
    figures, eye = crowd_of(count), (eye_x, 0.0, 1.5)
    view, _ = view_of(eye, (64, 48), half=0.5)
    choice = FigureChoice(figures, HEIGHT_M)
    choice.at(moment, view_of((eye_x + 0.3, 0.2, 1.2), (64, 48), half=0.5)[0], np.eye(4), 8.0)  # as another eye does
    chosen = choice.at(moment, view, np.eye(4), 8.0)
    assert chosen.near_m == pytest.approx(8.0 * HEIGHT_M)
    number_of = {tuple(row): number for number, row in enumerate(figures.rows.tolist())}
    numbers = [number_of[tuple(row)] for row in chosen.near.tolist()]
    near, is_card = np.bincount(numbers, minlength=count), np.zeros(count, bool)
    for group in chosen.groups:
        is_card[slice(*figures.groups[group][:2])] = True
    here = places(figures, moment)
    away = np.linalg.norm(np.column_stack([here, np.full(count, 0.5 * HEIGHT_M)]) - eye, axis=1)
    middle_in_view = (np.abs(here[:, 0] - eye_x) < 0.5 * 64 / 48 * here[:, 1]) & (here[:, 1] > 3.0)
    assert is_card[middle_in_view].all()
    assert (near <= (away < chosen.near_m + 1e-3)).all()
    assert (near >= (middle_in_view & (away < chosen.near_m - 1e-3))).all()


def crowd_of(count):
    return figures_of(crowd(count=count, area_m=((-15.0, 1.0), (15.0, 1.0), (15.0, 60.0), (-15.0, 60.0))), 1.1, 1.4)


def test_an_area_without_an_area_is_refused():
    line = ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))
    (rule,) = ModelLayer(scene="people", crowd=CrowdKeys(count=3, area_m=line)).broken_rules()
    assert (rule.key, rule.code) == ("crowd.area_m", "crowd_lacks_area")
    assert [one.field for one in ModelPlan(scene="people", crowd=CrowdPlan(count=3, area_m=line)).impossible()] == [
        "crowd.area_m"
    ]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"count": 10_001, "area_m": SQUARE}, CrowdKeys)


@pytest.fixture
def shown(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")

    def light(plan, time_us=0):
        layer = LayerPlan(light=ModelPlan(scene="people", crowd=plan, time_us=time_us))
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=(layer,)))))
        return renderer.read_wall_linear(WALL.name)

    return light


@pytest.mark.gl
@pytest.mark.parametrize(("near_m", "far_m"), [(9.0, 12.0), (60.0, 66.0)], ids=["figures", "cards"])
def test_a_standing_figure_is_drawn_where_it_stands_as_high_as_it_is(shown, near_m, far_m):
    area = ((-0.2, near_m), (0.2, near_m), (0.2, far_m), (-0.2, far_m))
    plan = crowd(count=1, area_m=area, walks=False, size_spread=0.0, turn_deg=0.0)
    covered = shown(plan).max(axis=2) > 0.0
    positions = plane_positions(WALL)
    away = float(figures_of(plan, 1.1, 1.4).rows[0, 1])
    eye_y, eye_z = 0.0, 1.5
    heights = positions[covered][:, 2]
    ahead = positions[0, 0, 1] - eye_y
    top, foot = (eye_z + (height - eye_z) * ahead / (away - eye_y) for height in (1.76, 0.0))
    pitch = float(np.linalg.norm(positions[1, 0] - positions[0, 0]))
    assert heights.max() == pytest.approx(top, abs=1.6 * pitch)
    assert heights.min() == pytest.approx(
        foot, abs=2.2 * pitch
    )  # within a step the soles are up to 5 cm above the ground


@pytest.mark.gl
@pytest.mark.parametrize(
    ("columns", "least_m", "most_m", "is_card"),
    [(640, 9.0, 12.0, False), (640, 20.0, 30.0, True), (160, 9.0, 12.0, True)],
)
def test_a_figure_is_drawn_as_it_is_or_as_a_card_and_never_as_both(context, columns, least_m, most_m, is_card):
    wall = plane_wall(size=(columns, columns * 9 // 16))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)}, quality="low")
    plan = ModelPlan(
        scene="people", crowd=crowd(count=3, area_m=((-1, least_m), (1, least_m), (0, most_m)), walks=False)
    )

    def picture(time_us):
        air = AirPlan(
            world=WorldPlan(key="w", layers=(LayerPlan(light=msgspec.structs.replace(plan, time_us=time_us)),))
        )
        renderer.draw(frame_plan((wall,), air=air))
        return renderer.read_wall_linear(wall.name)

    before = picture(0)
    picture(1_000_000)
    (one,) = renderer.scenes.held.placed(plan, 0.0).crowds
    one.crowd.cards_target.clear(9.0, 0.0, 0.0, 1.0)  # a full red card would be seen around each figure
    one.crowd.cards.build_mipmaps()
    assert (picture(0) == before).all() != is_card


@pytest.mark.gl
def test_a_crowd_walks_on_with_its_time(shown):
    plan = crowd(count=60)
    first, same, later = shown(plan), shown(plan), shown(plan, time_us=2_000_000)
    assert (first == same).all()
    assert np.abs(later - first).max() > 0.01


@pytest.mark.gl
def test_cards_of_a_crowd_stand_in_the_shadow_of_what_is_between_them_and_the_sun(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=(0.0, -0.8, 0.6))))
    people = LayerPlan(light=ModelPlan(scene="people", crowd=crowd(count=40, area_m=FAR, walks=False)))
    plate = LayerPlan(light=ModelPlan(asset="a" * 64, origin_m=(0.0, 18.0, 12.0)))  # high above where the eye looks

    def mean_light(width_m):
        renderer.load_model("a" * 64, made_model([made_box((width_m, 14.0, 0.1))], [Material()], [Node(mesh=0)]))
        air = AirPlan(world=WorldPlan(key="w", layers=(sky, people, plate)))
        renderer.draw(frame_plan((WALL,), air=air))
        below = (plane_positions(WALL)[..., 2] < 1.5) & covered
        return float(renderer.read_wall_linear(WALL.name)[below].mean())

    renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=(people,)))))
    covered = renderer.read_wall_linear(WALL.name).max(axis=2) > 0.0
    assert covered.sum() > 20
    assert mean_light(40.0) < 0.8 * mean_light(0.1)


@pytest.mark.gl
@pytest.mark.parametrize(("quality", "throws"), [("full", True), ("low", False)])
def test_near_figures_throw_shadows_that_walk_with_them_in_the_full_tier(context, quality, throws):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality=quality)
    renderer.load_model("a" * 64, made_model([made_box((40.0, 0.1, 40.0))], [Material()], [Node(mesh=0)]))
    sky = LayerPlan(light=SkyLight(sky=SkyPlan(sun=(0.8, 0.0, 0.6))))
    floor = LayerPlan(light=ModelPlan(asset="a" * 64, origin_m=(0.0, 8.0, -0.05)))
    area = ((-0.2, 6.5), (0.2, 6.5), (0.2, 9.0), (-0.2, 9.0))
    plan = crowd(count=1, area_m=area, walks=False, size_spread=0.0, turn_deg=0.0)
    foot = figures_of(plan, 1.1, 1.4).rows[0, :2].astype(float)

    def floor_beside(metres, turn_deg):
        """The light of the floor beside the figure's place, which the plan turns about the stage's origin."""
        people = LayerPlan(light=ModelPlan(scene="people", crowd=plan), turn_deg=turn_deg)
        renderer.draw(frame_plan((WALL,), air=AirPlan(world=WorldPlan(key="w", layers=(sky, floor, people)))))
        picture, places = renderer.read_wall_linear(WALL.name).max(axis=2), plane_positions(WALL)
        ways = places - np.array(OUTER_EYE)
        with np.errstate(divide="ignore", invalid="ignore"):
            met = np.array(OUTER_EYE[:2]) + ways[..., :2] * (OUTER_EYE[2] / -ways[..., 2:])
        met[ways[..., 2] >= 0.0] = np.inf
        off = np.linalg.norm(met - (foot + np.array((metres, 0.0))), axis=2)
        return float(picture[np.unravel_index(off.argmin(), off.shape)])

    behind, before = floor_beside(-1.2, 0.0), floor_beside(1.2, 0.0)  # the sun stands to the right, 0.9 m up the body
    assert (behind < 0.7 * before) == throws
    if throws:
        assert floor_beside(-1.2, 20.0) > 0.95 * before


@pytest.mark.gl
def test_a_crowd_does_the_movement_that_its_layer_names(context):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)}, quality="low")
    figure = person()
    long = figure.movements[0]._replace(name="Slow", duration_s=4.0)
    renderer.load_model("f" * 64, figure._replace(movements=(*figure.movements, long)))
    held = renderer.scenes.held
    for movement, place in ((msgspec.UNSET, 0), ("Slow", 1), ("", None), ("Jump", None)):
        (one,) = held.placed(ModelPlan(asset="f" * 64, crowd=crowd(count=3), movement=movement), 0.0).crowds
        assert one.crowd.movement == place
        again = held.placed(ModelPlan(asset="f" * 64, crowd=crowd(count=3), movement=movement), 0.0).crowds
        assert again[0].crowd is one.crowd
