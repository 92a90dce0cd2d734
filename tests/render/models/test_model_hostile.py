"""Models that no program should write, drawn: nothing but numbers reaches a wall, and OpenGL has no error."""

import numpy as np
import pytest
from model_pictures import Drawn, even_cube, view_of

from render.models.light import ModelLight, even_light
from render.models.made import made_box, made_model, one_colour
from render.models.model import Map, Material, Node

pytestmark = pytest.mark.gl
BOX = made_box((1.6, 1.2, 0.6))
NOWHERE = np.zeros_like(BOX.positions)
OPPOSITE = BOX.normals * np.tile(np.array([[1.0], [-1.0]], np.float32), (len(BOX.normals) // 2, 1))
CASES = {
    "a node of scale zero": (BOX, {"scale": (0.0, 0.0, 0.0)}),
    "a node that is flat": (BOX, {"scale": (1.0, 0.0, 1.0)}),
    "a node as large as a planet": (BOX, {"scale": (1e8, 1e8, 1e8)}),
    "a node that cannot be seen": (BOX, {"scale": (1e-12, 1e-12, 1e-12)}),
    "a node at the end of the world": (BOX, {"place_m": (1e9, 0.0, 0.0)}),
    "triangles that are points": (BOX._replace(positions=NOWHERE), {}),
    "normals of no length": (BOX._replace(normals=NOWHERE), {}),
    "normals and tangents of no length": (BOX._replace(normals=NOWHERE, tangents=np.zeros_like(BOX.tangents)), {}),
    "normals that cancel each other": (BOX._replace(normals=OPPOSITE), {}),
    "tangents along normals": (BOX._replace(tangents=np.insert(BOX.normals, 3, 1.0, axis=1)), {}),
}


@pytest.mark.parametrize("tier", ["low", "full"])
@pytest.mark.parametrize("case", CASES)
def test_only_numbers_are_drawn(context, tier, case):
    part, stands = CASES[case]
    shiny = Material(metallic=0.5, roughness=0.1, normal_map=Map(0))
    model = made_model([part], [shiny], [Node(mesh=0, **stands)], [one_colour((128, 128, 255, 255))])
    drawn, (view, _) = Drawn(context, (33, 33)), view_of((0.3, -4.0, 0.5), (33, 33))
    light = ModelLight(even_light((1.0,) * 3), (0.48, -0.6, 0.64), (3.0,) * 3, around=even_cube(context, (1.0,) * 3))
    assert np.isfinite(drawn.picture(view, [drawn.placed(model)], light, tier)).all()
    assert context.error == "GL_NO_ERROR"
