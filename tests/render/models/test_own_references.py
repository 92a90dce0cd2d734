"""Khronos's test models that have their references in them: normal maps beside real shapes, alpha beside arrows."""

import numpy as np
import pytest
from content import CONTENT, front_view, needs_content
from model_pictures import Drawn, even_cube

from render.models.light import ModelLight, even_light
from render.models.read import read_model

pytestmark = [pytest.mark.gl, needs_content]


def lit(context, way, even=0.2):
    sun = np.array(way) / np.linalg.norm(way)
    return ModelLight(even_light((even,) * 3), tuple(sun), (2.0,) * 3, around=even_cube(context, (even,) * 3))


@pytest.mark.parametrize("tier", ["low", "full"])
@pytest.mark.parametrize("sun", [(-0.5, -0.7, 0.5), (0.2, -0.7, -0.6)])
def test_bumps_of_normal_maps_are_lit_as_the_real_bumps_beside_them(context, tier, sun):
    """NormalTangentTest: three materials across, five rows of turned and mirrored UVs; left real, right mapped."""
    model = read_model(CONTENT / "NormalTangentTest.glb")
    drawn, (view, _, _) = Drawn(context, (448, 448)), front_view((0.0, 0.0, 0.0), 1.12, (448, 448))
    picture = drawn.picture(view, [drawn.placed(model)], lit(context, sun), tier)[..., :3].mean(axis=2)
    pixels_m = 448 / 2.24
    across, down = np.meshgrid(np.arange(-11, 12), np.arange(-11, 12))
    disc = across**2 + down**2 < 12**2
    for row in range(5):
        for column in range(2):  # the third one is a mirror, which shows the sun alone
            patches = []
            for side in (0.0, 0.32):
                x, y = -0.96 + 0.8 * column + side, 0.8 - 0.4 * row
                at = (round((1.12 - y) * pixels_m), round((x + 1.12) * pixels_m))
                patches.append(picture[at[0] + down, at[1] + across][disc])
            real, mapped = (np.minimum(patch, 1.0) for patch in patches)  # on both the sun shines in one spot
            assert real.max() > 1.5 * real.min()
            apart = np.abs(mapped - real) / real.mean()
            assert apart.mean() < 0.05, (row, column)
            assert np.corrcoef(real, mapped)[0, 1] > 0.95, (row, column)


def arrows(model):
    """Where the arrows of AlphaBlendModeTest point: the height of each cutoff's end, by the node of its sign."""
    by_name = {node.name: node for node in model.nodes}
    node = by_name["GreenArrows"]
    places = model.meshes[node.mesh].parts[0].positions + node.place_m
    signs = ("TestCutoff25", "TestCutoffDefault", "TestCutoff75")
    heights = []
    for sign in signs:
        near = np.abs(places[:, 0] - by_name[sign].place_m[0]) < 0.75
        heights.append(float(places[near, 1].min() + places[near, 1].max()) / 2.0)
    return dict(zip(signs, heights, strict=True))


@pytest.fixture
def signs(context):
    """AlphaBlendModeTest with one sign, drawn as it is, without that sign, and with it opaque; and heights of rows."""
    model = read_model(CONTENT / "AlphaBlendModeTest.glb")
    drawn = Drawn(context, (160, 640))
    light = lit(context, (0.0, -1.0, 0.2))

    def picture(name, change):
        node = next(node for node in model.nodes if node.name == name)
        seen, rays, eye = front_view((node.place_m[0], 1.1, 0.0), 1.3, (160, 640), away=60.0)
        part = model.meshes[node.mesh].parts[0]
        nodes, materials = model.nodes, model.materials
        if change == "without":
            nodes = tuple(one._replace(mesh=None) if one is node else one for one in nodes)
        if change == "opaque":
            solid = materials[part.material]._replace(alpha_mode="opaque")
            materials = tuple(solid if place == part.material else one for place, one in enumerate(materials))
        changed = model._replace(nodes=nodes, materials=materials)
        found = drawn.picture(seen, [drawn.placed(changed)], light, "full")[..., :3]
        return found, (eye + rays * 78.0)[:, 0, 1]

    return model, picture


@pytest.mark.parametrize("name", ["TestCutoff25", "TestCutoffDefault", "TestCutoff75"])
def test_masked_signs_end_where_their_arrows_point(signs, name):
    model, picture = signs
    (shown, heights), (without, _) = picture(name, "as it is"), picture(name, "without")
    changed = (np.abs(shown - without).max(axis=2) > 0.05)[:, 60:100].mean(axis=1) > 0.9
    arrow = arrows(model)[name]
    ends = heights[changed & (np.abs(heights - arrow) < 0.3)].max()  # its frame is not cut
    assert abs(ends - arrow) < 0.02


def test_the_blended_sign_covers_as_much_as_the_arrows_say(signs):
    model, picture = signs
    (shown, heights), (without, _), (solid, _) = (
        picture("TestBlend", change) for change in ("as it is", "without", "opaque")
    )
    middle = np.s_[:, 60:100]
    whole = np.abs(solid - without)[middle].sum(axis=(1, 2))
    cover = ((shown - without) * np.sign(solid - without))[middle].sum(axis=(1, 2)) / np.maximum(whole, 1e-9)
    for height, expected in zip(arrows(model).values(), (0.25, 0.5, 0.75), strict=True):
        assert abs(float(np.interp(-height, -heights, cover)) - expected) < 0.03


def test_the_opaque_sign_shows_nothing_of_what_is_behind_it(signs):
    _, picture = signs
    assert np.array_equal(picture("TestOpaque", "as it is")[0], picture("TestOpaque", "opaque")[0])
