"""Which frames of films are on the walls, and how they are laid over each other: loops, sets, alpha, crops, late frames."""

import itertools

import msgspec
import numpy as np
import pytest

from render.assets.plate_textures import PlateTextures
from render.assets.upload import NoRoomError
from render.compose.seen_edges import EveryForm
from render.images.colour_spaces import ColourSpaces
from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.plate.record import PartPlace, PlatePart, PlatePlan
from render.worlds.shared.media import frame_bytes
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, codes_of, colours_of, facts_of, frame_of, light_of_rec709
from tests.render.sample_plans import OUTER_EYE, air_of, arc_positions, arc_wall, frame_plan, inner
from tests.render.test_plates import WALL, even, film, shown, stage

pytestmark = pytest.mark.gl
RED, GREEN, BLUE = (0.8, 0.1, 0.1), (0.1, 0.7, 0.2), (0.1, 0.2, 0.9)


def loaded(renderer, facts, colour, number=0, media=FILM):
    """Puts an even frame on the GPU; its light."""
    planes, frame = even(facts, colour)
    renderer.load_plate(media, number, facts, frame)
    return light_of_rec709(colours_of([one[0, 0] for one in planes], facts)) @ ACESCG_FROM_REC709.T


def far(found, expected):
    return np.abs(found - expected).max()


def test_a_loop_dissolves_in_linear_light(context):
    renderer, facts = stage(context), facts_of(chroma=(2, 2))
    first, last = loaded(renderer, facts, RED, 0), loaded(renderer, facts, BLUE, 9)
    for share in (0.0, 0.25, 0.9, 1.0):
        found = shown(renderer, film(9, coming=0, share=share))
        assert far(found, share * first + (1.0 - share) * last) < 2e-4
    under = air_of(LayerPlan(light=film(0)), LayerPlan(light=film(9, coming=0, share=0.5), opacity=0.4))
    renderer.draw(frame_plan((WALL,), air=under))
    expected = 0.6 * first + 0.4 * (0.5 * first + 0.5 * last)
    assert far(renderer.read_wall_linear(WALL.name), expected) < 2e-4


def test_a_frame_that_is_late_holds_the_one_before_and_never_shows_a_later_one(context):
    renderer, facts = stage(context), facts_of()
    assert shown(renderer, film(5)).max() == 0.0
    light = {number: loaded(renderer, facts, colour, number) for number, colour in ((3, RED), (5, GREEN), (7, BLUE))}
    assert far(shown(renderer, film(5)), light[5]) < 1e-4
    assert far(shown(renderer, film(6)), light[5]) < 1e-4
    assert far(shown(renderer, film(7)), light[7]) < 1e-4
    assert far(shown(renderer, film(0)), light[7]) < 1e-4, "nothing before it is there: what was shown stays"
    assert renderer.plates.shown() == {(FILM, 7)}
    loaded(renderer, facts, RED, 0)
    assert far(shown(renderer, film(0)), light[3]) < 1e-4


@pytest.mark.parametrize("draw", ["auto", "raster"])
def test_a_frame_that_comes_while_a_film_stands_still_is_shown(context, draw):
    renderer, facts = stage(context, draw=draw), facts_of()
    assert shown(renderer, film(5)).max() == 0.0
    planes, frame = even(facts, GREEN)
    upload = renderer.plates.begin(FILM, 5, facts)
    upload.write_frame(frame)
    assert shown(renderer, film(5)).max() == 0.0, "not before it is whole"
    upload.done()
    expected = light_of_rec709(colours_of([one[0, 0] for one in planes], facts)) @ ACESCG_FROM_REC709.T
    assert far(shown(renderer, film(5)), expected) < 1e-3


def test_films_of_a_set_show_frames_of_one_moment_or_those_before(context):
    renderer, facts = stage(context), facts_of()
    parts = tuple(PlatePart(media=name, frame=4, place=PartPlace(width_deg=100.0)) for name in ("a", "b"))
    light = PlatePlan(parts=parts)
    for name, number in (("a", 3), ("b", 3), ("a", 4)):
        loaded(renderer, facts, RED, number, name)
    shown(renderer, light)
    assert renderer.plates.shown() == {("a", 3), ("b", 3)}
    loaded(renderer, facts, RED, 4, "b")
    shown(renderer, light)
    assert renderer.plates.shown() == {("a", 4), ("b", 4)}


def rig(blend_deg, width_deg=80.0, names="abcde"):
    return PlatePlan(
        parts=tuple(
            PlatePart(media=name, place=PartPlace(turn_deg=-72.0 * number, width_deg=width_deg, blend_deg=blend_deg))
            for number, name in enumerate(names)
        )
    )


@pytest.mark.parametrize(("blend_deg", "opacity"), [(8.0, 1.0), (4.0, 0.5), (0.0, 1.0)])
def test_weights_of_a_set_sum_to_one(context, blend_deg, opacity):
    renderer, facts = stage(context), facts_of(32, 32)
    light, *_ = (loaded(renderer, facts, (0.5, 0.6, 0.4), 0, name) for name in "abcde")
    for turn_deg in (0.0, 36.0, 100.0):
        found = shown(renderer, rig(blend_deg), turn_deg=turn_deg, opacity=opacity)
        assert far(found, opacity * light) < 2e-4


def test_a_set_blends_from_one_film_to_its_neighbour(context):
    renderer, facts = stage(context), facts_of(32, 32)
    red, blue, *_ = (loaded(renderer, facts, RED if name == "a" else BLUE, 0, name) for name in "abcde")
    row = shown(renderer, rig(8.0), turn_deg=36.0)[45]  # the overlap of the first two is ahead
    share = (row - blue) @ (red - blue) / ((red - blue) @ (red - blue))
    assert share[0] > 0.999
    assert share[-1] < 0.001
    assert (np.diff(share) < 1e-5).all()
    assert abs(share[79] + share[80] - 1.0) < 0.02
    assert far(row, blue + share[:, None] * (red - blue)) < 1e-3


@pytest.mark.parametrize("values", [{}, {"opacity": 0.5}, {"soften_deg": 8.0}])
def test_a_set_that_is_drawn_only_where_it_may_be_seen_shows_what_it_shows_drawn_everywhere(context, values):
    renderer, facts = stage(context), facts_of(32, 32)
    for name in "abcde":
        loaded(renderer, facts, RED if name == "a" else BLUE, 0, name)
    narrow = rig(3.0, width_deg=20.0)
    found = [shown(renderer, narrow, turn_deg=turn_deg, **values) for turn_deg in (0.0, 30.0)]
    renderer._walls[WALL.name].edges = EveryForm()
    for turn_deg, one in zip((0.0, 30.0), found, strict=True):
        assert one.max() > 0.1
        assert one.min() == 0.0
        assert np.array_equal(one, shown(renderer, narrow, turn_deg=turn_deg, **values))


@pytest.mark.parametrize(("feather", "odd_px"), [(0.02, (32, 32)), (0.3, (32, 32)), (0.3, (48, 32))])
def test_a_camera_aside_sees_of_a_near_set_what_it_sees_drawn_everywhere(context, feather, odd_px):
    wall = arc_wall(size=(512, 160))
    renderer, facts = Renderer(context, (wall,), {wall.name: arc_positions(wall)}), facts_of(32, 32)
    for name, colour in zip("abcde", (RED, GREEN, BLUE, RED, GREEN), strict=True):
        loaded(renderer, facts if name != "b" else facts_of(*odd_px), colour, 0, name)
    layer = LayerPlan(light=rig(3.0, width_deg=76.0), radius_m=6.0, ground_m=1.5)
    views = (inner(eye=(1.8, -0.8, 1.4), pan=-0.35, feather=feather), inner(eye=(-1.0, 0.3, 1.2), pan=-0.45, name="B"))
    plan = frame_plan((wall,), views, air=air_of(layer))
    renderer.draw(plan)
    found = renderer.read_wall_linear(wall.name), renderer.read_wall(wall.name)
    renderer._walls[wall.name].edges = EveryForm()
    renderer.draw(msgspec.structs.replace(plan, blackout=True))  # of which nothing stays on the wall
    renderer.draw(plan)
    assert np.ptp(found[0], axis=(0, 1)).max() > 0.3
    assert far(found[0], renderer.read_wall_linear(wall.name)) < 1e-6
    assert far(found[1].astype(int), renderer.read_wall(wall.name).astype(int)) <= 1


def test_alpha_lets_what_is_behind_a_film_through(context):
    renderer, facts = stage(context), facts_of(has_alpha=True)
    behind = loaded(renderer, facts_of(), GREEN, 0, "behind")
    planes = codes_of(np.broadcast_to(np.array(RED), (facts.rows, facts.columns, 3)), facts)
    red = light_of_rec709(colours_of([one[0, 0] for one in planes[:3]], facts)) @ ACESCG_FROM_REC709.T
    renderer.load_plate(FILM, 0, facts, frame_of(facts, [*planes, np.full((facts.rows, facts.columns), 51.0)]))
    renderer.draw(frame_plan((WALL,), air=air_of(film(media="behind"), film())))
    assert far(renderer.read_wall_linear(WALL.name), 0.2 * red + 0.8 * behind) < 2e-4


def test_four_flat_cards_with_alpha_stack_from_the_farthest_to_the_nearest(context):
    renderer, facts = stage(context), facts_of(has_alpha=True)
    expected, layers = np.zeros(3), []
    for number, colour in enumerate((RED, GREEN, BLUE, (0.6, 0.6, 0.6))):
        planes = codes_of(np.broadcast_to(np.array(colour), (facts.rows, facts.columns, 3)), facts)
        light = light_of_rec709(colours_of([one[0, 0] for one in planes[:3]], facts)) @ ACESCG_FROM_REC709.T
        expected = 0.4 * light + 0.6 * expected
        frame = frame_of(facts, [*planes, np.full((facts.rows, facts.columns), 102.0)])
        renderer.load_plate(f"{number}", 0, facts, frame)
        card = {"projection": "flat", "distance_m": 40.0 - 10.0 * number, "width_deg": 150.0, "anchor_m": OUTER_EYE}
        layers.append(LayerPlan(light=film(media=f"{number}"), **card))
    renderer.draw(frame_plan((WALL,), air=air_of(*layers)))
    assert far(renderer.read_wall_linear(WALL.name), expected) < 2e-4


def test_a_cropped_film_shows_nothing_of_what_was_cut(context):
    renderer, facts = stage(context), facts_of(64, 32)
    colours = np.zeros((32, 64, 3))
    colours[8:24, 16:48] = GREEN
    renderer.load_plate(FILM, 0, facts, frame_of(facts, codes_of(colours, facts)))
    crop = (0.28, 0.29, 0.28, 0.29)
    green = shown(renderer, film(crop=crop), projection="flat", width_deg=100.0)
    assert green.std(axis=(0, 1)).max() < 1e-4
    assert green[..., 1].min() > 0.2


def test_smaller_planes_are_sampled_where_a_films_range_says_they_are(context):
    renderer = stage(context)
    columns = np.arange(64) / 63.0
    for full in (False, True):
        facts = facts_of(64, 32, chroma=(2, 1), bits=16, full_range=full)
        peak, black, grey, scale = (65535.0, 0.0, 32768.0, 65535.0) if full else (56064.0, 4096.0, 32768.0, 57344.0)
        place = np.arange(0, 64, 2) + (0.5 if full else 0.0)
        chroma = np.broadcast_to(grey + scale * (0.4 * place / 63.0 - 0.2), (32, 32))
        planes = [np.full((32, 64), black + 0.5 * peak), np.full((32, 32), grey), chroma]
        renderer.load_plate(FILM, 0, facts, frame_of(facts, planes))
        light = shown(renderer, film(full_range=full), projection="flat", width_deg=100.0)
        row = (light @ np.linalg.inv(ACESCG_FROM_REC709).T)[45, :, 0]
        x = (np.arange(160) + 0.5) / 160 * 4.0 - 2.0
        across = x / 3.0 / (2.0 * np.tan(np.radians(50.0))) + 0.5
        red = 0.5 + 1.5748 * np.interp(across * 64 - 0.5, np.arange(64), 0.4 * columns - 0.2)
        assert far(row[8:-8], light_of_rec709(red)[8:-8]) < 0.0015


@pytest.mark.parametrize(
    "name", ["ARRI LogC3 (EI800)", "ARRI LogC4", "S-Log3 S-Gamut3.Cine", "V-Log V-Gamut", "Apple Log"]
)
def test_logs_of_cameras_are_within_a_thousandth_of_opencolorio(context, name):
    renderer = stage(context)
    renderer.plates.film_colours.prepare([name])
    facts = facts_of(16, 8, planes="rgb", bits=16)
    worst = 0.0
    for red, green, blue in itertools.product((0.1, 0.45, 0.93), repeat=3):
        codes = np.rint(np.array([red, green, blue]) * 65535.0)
        renderer.load_plate(FILM, 0, facts, frame_of(facts, [np.full((8, 16), one) for one in codes]))
        found = shown(renderer, film(colour_space=name, full_range=True))[45, 80]
        truth = (codes / 65535.0).astype(np.float32).reshape(1, 1, 3).copy()
        ColourSpaces().to_working(truth, name)
        worst = max(worst, far(found, truth[0, 0]) / np.abs(truth).max())
    assert worst < 1e-3


def test_frames_make_room_but_never_those_of_the_last_two_plans(context):
    facts = facts_of(256, 128)
    films = PlateTextures(context, 4.2 * frame_bytes(facts) / (1 << 20))
    frame = bytes(frame_bytes(facts))
    for number in range(4):
        films.load(FILM, number, facts, frame)
    films.use(FILM, 0)
    films.next_plan()
    films.use(FILM, 1)
    for number in (4, 5, 6):
        films.load(FILM, number, facts, frame)
    assert set(films.numbers(FILM)) == {0, 1, 5, 6}
    larger = msgspec.structs.replace(facts, columns=512)
    with pytest.raises(NoRoomError, match=r"library\.plates_mib"):
        films.load("large", 0, msgspec.structs.replace(larger, rows=512), b"")
    assert set(films.numbers(FILM)) == {0, 1, 5, 6}


def test_a_film_that_has_ended_leaves_what_is_behind_it(context):
    renderer, facts = stage(context), facts_of()
    behind = loaded(renderer, facts, GREEN, 0, "behind")
    loaded(renderer, facts, RED)
    ended = msgspec.structs.replace(film(), is_hidden=True)
    renderer.draw(frame_plan((WALL,), air=air_of(film(media="behind"), ended)))
    assert far(renderer.read_wall_linear(WALL.name), behind) < 1e-4
