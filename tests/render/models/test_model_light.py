"""How models reflect light: energy, irradiance, and glTF's own formulas in double precision."""

import numpy as np
import pytest
from model_pictures import Drawn, even_cube, sphere_normals, view_of

from render.colour.primaries import REC709, acescg_from_rgb
from render.models.around import LightAround
from render.models.light import ModelLight, even_light, irradiance_harmonics
from render.models.made import made_model, made_sphere
from render.models.model import Material

pytestmark = pytest.mark.gl
EYE = (0.0, -4.0, 0.0)
ACESCG = np.array(acescg_from_rgb(REC709))


def sphere(columns=96, **values):
    return made_model([made_sphere(1.0, columns=columns)], [Material(**values)])


@pytest.mark.parametrize("tier", ["low", "full"])
def test_white_surfaces_in_even_light_vanish_before_it(context, tier):
    drawn = Drawn(context)
    view, rays = view_of(EYE)
    _, met = sphere_normals(rays, EYE, 0.99)
    around = even_cube(context, (0.5, 0.7, 0.9)) if tier == "full" else None
    light = ModelLight(even_light((0.5, 0.7, 0.9)), around=around)
    for roughness in (0.1, 0.5, 1.0):
        for metallic in (0.0, 1.0):
            placed = [drawn.placed(sphere(metallic=metallic, roughness=roughness))]
            seen = drawn.picture(view, placed, light, tier)[met][:, :3] / (0.5, 0.7, 0.9)
            assert np.abs(seen - 1.0).max() < 0.01, (roughness, metallic)


def sky(ways, sharpness):
    """Light from directions (n, 3): a smooth sky over darker ground, with a bright place."""
    bright = np.clip(ways @ np.array((0.6, -0.48, 0.64)), 0.0, None) ** sharpness
    return 0.4 + 0.3 * ways[:, 2:] * np.array((0.5, 0.8, 1.0)) + 2.0 * bright[:, None] * np.array((1.0, 0.9, 0.7))


def panorama():
    """Directions (n, 3) of an equirectangular picture's pixels, and their solid angles."""
    rows, columns = 128, 256
    fall = (np.arange(rows) + 0.5) / rows * np.pi
    turn = (np.arange(columns) + 0.5) / columns * 2.0 * np.pi
    fall, turn = np.meshgrid(fall, turn, indexing="ij")
    ways = np.stack([np.sin(fall) * np.sin(turn), np.sin(fall) * np.cos(turn), np.cos(fall)], axis=-1).reshape(-1, 3)
    return ways, (np.sin(fall) * (np.pi / rows) * (2.0 * np.pi / columns)).ravel()


def sky_cube(context, sharpness, face_px=32):
    """The sky as a cube map's faces (OpenGL 4.1 core, table 3.19)."""
    side = (np.arange(face_px) + 0.5) / face_px * 2.0 - 1.0
    s, t = (one.ravel() for one in np.meshgrid(side, side))
    one = np.ones_like(s)
    faces = ((one, -t, -s), (-one, -t, s), (s, one, t), (s, -one, -t), (s, -t, one), (-s, -t, -one))
    ways = np.concatenate([np.stack(face, axis=1) for face in faces])
    light = sky(ways / np.linalg.norm(ways, axis=1, keepdims=True), sharpness)
    texels = np.concatenate([light, np.ones((len(light), 1))], axis=1).astype(np.float32)
    around = LightAround(context)
    around.update(context.texture_cube((face_px, face_px), 4, texels.tobytes(), dtype="f4"))
    return around


@pytest.mark.parametrize(("tier", "sharpness"), [("low", 2), ("full", 2), ("full", 30)])
def test_dull_spheres_get_the_irradiance_of_a_panorama(context, tier, sharpness):
    """What a white sphere shows more than a black one is the dull part alone; even light says how much of it that is."""
    ways, solid = panorama()
    drawn = Drawn(context)
    view, rays = view_of(EYE)
    normals, met = sphere_normals(rays, EYE, 0.999)

    def dull_part(light):
        shades = (
            drawn.picture(view, [drawn.placed(sphere(colour=(c, c, c, 1.0), metallic=0.0))], light, tier)
            for c in (1.0, 0.0)
        )
        white, black = shades
        return (white - black)[met][:, :3]

    full = tier == "full"
    here = ModelLight(
        irradiance_harmonics(ways, sky(ways, sharpness), solid), around=sky_cube(context, sharpness) if full else None
    )
    even = ModelLight(even_light((1.0, 1.0, 1.0)), around=even_cube(context, (1.0, 1.0, 1.0)) if full else None)
    truth = np.clip(normals[met] @ ways.T, 0.0, None) @ (sky(ways, sharpness) * solid[:, None]) / np.pi
    assert np.abs(dull_part(here) / dull_part(even) / truth - 1.0).max() < 0.01


def gltf_brdf(normals, towards_eye, towards_light, *, colour, metallic, roughness):
    """glTF 2.0, appendix B.3.5, by the formulas of B.3.2 to B.3.4, times the cosine of the light."""
    half = towards_light + towards_eye
    half /= np.linalg.norm(half, axis=-1, keepdims=True)
    nl, nv, nh, vh = (
        (a * b).sum(axis=-1)
        for a, b in ((normals, towards_light), (normals, towards_eye), (normals, half), (towards_eye, half))
    )
    alpha = roughness**2
    d = alpha**2 / (np.pi * (nh**2 * (alpha**2 - 1.0) + 1.0) ** 2)
    v = 1.0 / ((nl + np.sqrt(alpha**2 + (1 - alpha**2) * nl**2)) * (nv + np.sqrt(alpha**2 + (1 - alpha**2) * nv**2)))
    f0 = 0.04 + (colour - 0.04) * metallic
    f = f0 + (1.0 - f0) * ((1.0 - np.abs(vh)) ** 5)[..., None]
    found = (1.0 - f) * colour * (1.0 - metallic) / np.pi + f * (d * v)[..., None]
    return found * np.clip(nl, 0.0, None)[..., None]


@pytest.mark.parametrize("tier", ["low", "full"])
@pytest.mark.parametrize(("metallic", "roughness"), [(0.0, 0.5), (1.0, 0.4), (0.5, 0.9)])
def test_the_sun_on_a_sphere_is_what_gltf_says(context, metallic, roughness, tier):
    colour = np.array((0.8, 0.5, 0.2))
    sun, strength = np.array((0.48, -0.6, 0.64)), np.array((3.0, 2.5, 2.0))
    drawn = Drawn(context)
    view, rays = view_of(EYE)
    normals, met = sphere_normals(rays, EYE)
    towards_eye = np.array(EYE) - normals
    towards_eye /= np.linalg.norm(towards_eye, axis=-1, keepdims=True)
    checked = met & (normals @ sun > 0.1) & ((normals * towards_eye).sum(axis=-1) > 0.15)
    placed = [drawn.placed(sphere(256, colour=(*colour, 1.0), metallic=metallic, roughness=roughness))]
    around = even_cube(context, (0.0, 0.0, 0.0)) if tier == "full" else None
    light = ModelLight(even_light((0.0, 0.0, 0.0)), tuple(sun), tuple(strength), around=around)
    seen = drawn.picture(view, placed, light, tier)[checked][:, :3]
    truth = gltf_brdf(normals, towards_eye, sun, colour=ACESCG @ colour, metallic=metallic, roughness=roughness)
    assert np.abs(seen / (truth[checked] * strength) - 1.0).max() < 0.01
