"""What is the same for all LEDs of a pass: from the vertex shader, as far as a driver hands it on, or worked out in place."""

import re

import numpy as np
import pytest

from render.gpu import passes
from render.gpu.passes import expand
from render.renderer import Renderer
from render.worlds.sky.plan import CloudPlan, FogPlan, FollowPlan, SkyPlan
from render.worlds.weather.record import WeatherPlan
from tests.render.sample_plans import (
    ASSET,
    air_of,
    frame_plan,
    inner,
    plane_positions,
    plane_wall,
    smooth_panorama,
    world_plan,
)
from tests.render.sky_pictures import sky_air, towards

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(64, 36))
DUSK = SkyPlan(
    sun=towards(-4.0),
    moon=towards(50.0),
    moon_lit_by=towards(-20.0, 180.0),
    moon_stops=8.0,
    clouds=CloudPlan(coverage=0.5),
    fog=FogPlan(density_per_km=0.5),
)
PLANS = {
    "sky": {"air": sky_air(DUSK, exposure_stops=8.0)},
    "ground": {"air": air_of(world_plan(radius_m=9.0), ground_m=1.5, tilt_deg=3.0)},
    "flat": {"air": air_of(world_plan(), projection="flat", distance_m=6.0, anchor_m=(0.0, 0.0, 1.5), width_deg=150.0)},
    "following": {"air": air_of(world_plan(), following=FollowPlan(now=DUSK), contrast=1.3)},
    "rain": {"air": air_of(world_plan()), "weather": WeatherPlan(rain=1.0)},
}


def light_of(context, name):
    renderer = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)})
    renderer.load_world(ASSET, smooth_panorama())
    renderer.draw(frame_plan((WALL,), (inner(),), **PLANS[name]))
    return renderer.read_wall_linear(WALL.name)


@pytest.mark.parametrize("name", PLANS)
def test_a_driver_that_hands_on_as_little_as_opengl_4_1_promises_shows_the_same(context, monkeypatch, name):
    expected = light_of(context, name)
    monkeypatch.setattr(passes, "largest_varyings", lambda _context: 15)
    assert expected.max() > 0.0
    assert np.allclose(light_of(context, name), expected, rtol=1e-4, atol=1e-5 * expected.max())


def test_a_driver_that_hands_on_much_is_taken_at_its_word(context):
    assert passes.largest_varyings(context) >= passes.HANDED_ROWS
    assert passes.hands_on(context)


@pytest.mark.parametrize("layer", ["worlds/veiled_sky.glsl", "worlds/panorama.glsl"])
def test_no_pass_takes_more_than_is_counted_on(context, layer):
    forms = ("NIGHT", "SECOND") if "sky" in layer else ("PLACED", "NEAR", "EDGED")
    common = ("RAY", "FLAT", *forms)
    for fragment, defines in (
        ("compose_srgb.frag", (*common, "CAMERAS 0", "SUMMED")),
        ("compose_srgb.frag", (*common, "CAMERAS 4", "TONED", "SUMMED", "MARKS", "CARDS")),
        ("layer.frag", (*common, "CAMERAS 0", "TONED_ALONE", "FOLLOWS")),
        ("layer.frag", (*common, "CAMERAS 1", "TONED", "MENDED")),
    ):
        assert rows_taken(fragment, defines, layer) <= passes.HANDED_ROWS
    weathered = ("CAMERAS 1", "LIGHT", "FLAT", "WEATHER", "RAIN", "SNOW", "DUST")
    assert rows_taken("light.frag", weathered, passes.ANY_LAYER) <= passes.HANDED_ROWS


def rows_taken(fragment, defines, layer):
    """How many vectors a fragment shader takes from the one before it; each column of a matrix is one."""
    text = chosen(expand(fragment, passes._read_shader, defines, layer)[0])
    declared = re.findall(r"^HANDED (\w+) (\w+);", text, re.MULTILINE)
    used = [kind for kind, name in declared if len(re.findall(rf"\b{name}\b", text)) > 1]
    assert len(used) > 3
    return sum(3 if kind == "mat3" else 1 for kind in used)


def chosen(text):
    """The lines of a shader that its definitions choose."""
    defined, lines = {}, []
    open_parts = []  # of each: whether it is taken now, and whether one of its parts was
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word in ("#if", "#ifdef", "#ifndef"):
            taken = all(outer for outer, _ in open_parts) and is_true(word, rest, defined)
            open_parts.append((taken, taken))
        elif word in ("#elif", "#else"):
            _, was = open_parts.pop()
            taken = not was and (word == "#else" or is_true("#if", rest, defined))
            open_parts.append((taken, was or taken))
        elif word == "#endif":
            open_parts.pop()
        elif all(taken for taken, _ in open_parts):
            if word == "#define":
                name, _, value = rest.partition(" ")
                defined[name] = value or "1"
            lines.append(line.partition("//")[0])
    return "\n".join(lines)


def is_true(word, rest, defined):
    if word != "#if":
        return (rest.split()[0] in defined) == (word == "#ifdef")
    asked = re.sub(r"defined\((\w+)\)", lambda match: str(match[1] in defined), rest)
    asked = (
        asked.replace("!=", "<>").replace("!", " not ").replace("<>", "!=").replace("&&", " and ").replace("||", " or ")
    )
    names = {name: int(value) for name, value in defined.items() if value.isdigit()}
    return bool(eval(asked, {}, names))
