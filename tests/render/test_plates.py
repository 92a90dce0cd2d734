"""Films on the walls: their frames, colours and places, read back from walls and held to double precision."""

import itertools

import numpy as np
import pytest

from render.colour.code_curves import FILM_SPACES
from render.renderer import Renderer
from render.worlds.on_air import LayerPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from render.worlds.shared.media import TAGGED
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, codes_of, colours_of, facts_of, frame_of, light_of_rec709
from tests.render.sample_plans import OUTER_EYE, frame_plan, plane_positions, plane_wall

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(160, 90))
SAMPLES = plane_wall("samples", size=(256, 144))


def stage(context, wall=WALL, **settings):
    return Renderer(context, (wall,), {wall.name: plane_positions(wall)}, **settings)


def film(frame=0, media=FILM, **changes):
    return PlatePlan(parts=(PlatePart(media=media, frame=frame, **changes),))


def shown(renderer, light, wall=WALL, **values):
    renderer.draw(frame_plan((wall,), world=LayerPlan(light=light, anchor_m=OUTER_EYE, **values)))
    return renderer.read_wall_linear(wall.name)


def even(facts, colour, **coded):
    planes = codes_of(np.broadcast_to(np.array(colour, float), (facts.rows, facts.columns, 3)), facts, **coded)
    return planes, frame_of(facts, planes)


def test_a_frame_of_a_film_is_read_back_from_a_wall(context):
    facts = facts_of(chroma=(2, 2))
    planes, frame = even(facts, (0.7, 0.4, 0.2))
    renderer = stage(context)
    renderer.load_plate(FILM, 3, facts, frame)
    expected = light_of_rec709(colours_of([one[0, 0] for one in planes], facts)) @ ACESCG_FROM_REC709.T
    assert np.abs(shown(renderer, film(3)) - expected).max() < 1e-4


def test_a_frame_that_is_too_short_is_not_read_beyond_its_end(context):
    facts = facts_of(chroma=(2, 2))
    _, frame = even(facts, (0.7, 0.4, 0.2))
    upload = stage(context).plates.begin(FILM, 3, facts)
    with pytest.raises(ValueError, match="bytes of a frame, expected"):
        upload.write_frame(memoryview(frame)[:-1])


BARS = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0)]
"""The colours of SMPTE bars from left to right, black after them (SMPTE RP 219-1); they are shown at 75 % and 100 %."""


def bars_and_ramp(columns=256, rows=144):
    """Bars of 75 % above bars of 100 %, and below both a ramp from black to white."""
    bars = np.repeat(np.array(BARS, float), columns // len(BARS), axis=0)
    ramp = np.repeat(np.linspace(0.0, 1.0, columns)[:, None], 3, axis=1)
    return np.concatenate([np.repeat(one[None], rows // 4, axis=0) for one in (0.75 * bars, bars, ramp, ramp)])


def code_of_rec709(light):
    size = np.abs(light)
    return np.sign(light) * np.where(size < 0.018, 4.5 * size, 1.099 * np.maximum(size, 1e-9) ** 0.45 - 0.099)


def straight_on(renderer, light):
    """A wall of 256 x 144 LEDs, each before the middle of a sample of a flat film of that size."""
    eye = (0.0, 0.0, 1.425)
    wide = float(np.degrees(2.0 * np.arctan(2.0 / 3.0)))
    layer = LayerPlan(light=light, anchor_m=eye, projection="flat", distance_m=3.0, width_deg=wide)
    renderer.draw(frame_plan((SAMPLES,), world=layer))
    return renderer.read_wall_linear(SAMPLES.name)


def worst_code(renderer, facts, matrix, full):
    """How far what a wall shows of bars and ramp is from a conversion in double precision, as a share of white."""
    codes = codes_of(bars_and_ramp(), facts, matrix, full_range=full)
    renderer.load_plate(FILM, 0, facts, frame_of(facts, codes))
    light = straight_on(renderer, film(matrix=matrix, full_range=full))
    across, down = facts.chroma
    whole = [codes[0], *(np.repeat(np.repeat(one, down, 0), across, 1) for one in codes[1:])]
    meant = colours_of(whole, facts, matrix, full_range=full)
    found = code_of_rec709(light @ np.linalg.inv(ACESCG_FROM_REC709).T)
    clear = np.ones(meant.shape[:2], bool)
    clear[:72] = (np.arange(256) % 32 >= 6) & (np.arange(256) % 32 < 26)  # edges of bars are filtered
    clear[32:40] = clear[68:76] = False
    clear[:, :2] = clear[:, -2:] = False
    return np.abs(found - meant)[clear].max()


@pytest.mark.parametrize(
    ("planes", "chroma"), [("ycbcr", (2, 2)), ("ycbcr", (2, 1)), ("ycbcr", (1, 1)), ("rgb", (1, 1))]
)
def test_bars_and_ramps_are_within_a_code_of_ten_bits_of_a_conversion_in_double_precision(context, planes, chroma):
    renderer = stage(context, SAMPLES)
    matrices = ("bt601", "bt709", "bt2020") if planes == "ycbcr" else ("bt709",)
    worst = {
        (bits, matrix, full): 1023.0 * worst_code(renderer, facts, matrix, full)
        for bits, matrix, full in itertools.product((8, 10, 12, 16), matrices, (False, True))
        for facts in [facts_of(256, 144, planes=planes, bits=bits, chroma=chroma, full_range=full)]
    }
    assert max(worst.values()) <= 1.0, worst


def test_the_curve_of_every_tag_is_within_a_code_of_ten_bits_and_half_a_percent(context):
    renderer = stage(context, SAMPLES)
    facts = facts_of(256, 144, planes="rgb", bits=16, full_range=True)
    codes = np.rint(65535.0 * np.broadcast_to(np.linspace(0.0, 1.0, 256), (144, 256)))
    renderer.load_plate(FILM, 0, facts, frame_of(facts, [codes] * 3))
    off = {}
    for tag, space in FILM_SPACES.items():
        shown_light = straight_on(renderer, film(colour_space=tag, full_range=True))[72, 2:-2].mean(axis=1)
        meant = np.array([space.light_of(code) for code in codes[72] / 65535.0])
        found = np.interp(shown_light, meant, codes[72] / 65535.0)
        bright = meant[2:-2] > 1e-4
        far = np.abs(shown_light / np.maximum(meant[2:-2], 1e-4) - 1.0)[bright].max()
        off[tag] = (1023.0 * np.abs(found - codes[72, 2:-2] / 65535.0).max(), 200.0 * far)
    assert set(off) == TAGGED
    assert max(max(one) for one in off.values()) <= 1.0, off
