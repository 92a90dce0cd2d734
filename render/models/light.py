"""What models are lit by: light from all around, the sun with its shadows, and lamps."""

from __future__ import annotations

from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from render.models.around import LightAround
from render.models.shadows import SunShadows
from tracking.records import Vec3

HARMONICS = 9


class PlacedLamp(NamedTuple):
    """A lamp in the stage's axes. `light` is ACEScg: irradiance times metres squared, on what faces it.

    It shines along `towards` within a cone, whose full light ends and whose last light ends at these angles in radians;
    `outer_cone` of pi is a lamp that shines all around. `range_m` of 0 is one without end.
    """

    place_m: Vec3
    light: Vec3
    towards: Vec3 = (0.0, 0.0, -1.0)
    range_m: float = 0.0
    inner_cone: float = 3.141592653589793
    outer_cone: float = 3.141592653589793


class ModelLight(NamedTuple):
    """Light for a view. All of it is ACEScg, in the stage's axes; 1.0 is that of the worlds' pictures.

    `irradiance`: nine spherical harmonics of irradiance (9, 3) by rising degree and order, as `irradiance_harmonics`
    makes them, or a float texture of nine texels, for what a GPU has gathered; then `version` says when it was drawn
    anew. `sun_irradiance` is that of a surface that faces the sun, without a shadow. `around` is light for the full
    tier, which the low one does without. `dusk` is how dark it is for lamps that shine then, from 0 to 1. `gain` is
    what `irradiance` is multiplied by: where only that has changed, nothing is gathered anew.
    """

    irradiance: NDArray[np.float64] | moderngl.Texture
    sun_towards: Vec3 = (0.0, 0.0, 1.0)
    sun_irradiance: Vec3 = (0.0, 0.0, 0.0)
    shadows: SunShadows | None = None
    around: LightAround | None = None
    lamps: tuple[PlacedLamp, ...] = ()
    version: int = 0
    dusk: float = 0.0
    gain: float = 1.0


def harmonics(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nine real spherical harmonics up to degree 2 for unit directions (..., 3): (..., 9), by degree and order.

    Ramamoorthi and Hanrahan, SIGGRAPH 2001, equation 3.
    """
    x, y, z = (directions[..., axis] for axis in range(3))
    found = [
        0.28209479177387814 + 0.0 * x,
        0.4886025119029199 * y,
        0.4886025119029199 * z,
        0.4886025119029199 * x,
        1.0925484305920792 * x * y,
        1.0925484305920792 * y * z,
        0.31539156525252005 * (3.0 * z * z - 1.0),
        1.0925484305920792 * x * z,
        0.5462742152960396 * (x * x - y * y),
    ]
    return np.stack(found, axis=-1)


def irradiance_harmonics(
    directions: NDArray[np.float64], light: NDArray[np.float64], solid_angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Irradiance (9, 3) of light (n, 3) from `directions` (n, 3) that each fill a solid angle (n,).

    Every degree is times pi, 2 pi / 3, pi / 4: the same paper, equation 8.
    """
    found = np.einsum("ni,nc,n->ic", harmonics(directions), light, solid_angles)
    degrees = np.array([1.0, *[2.0 / 3.0] * 3, *[0.25] * 5])
    return np.asarray(np.pi * degrees[:, None] * found)


def even_light(light: Vec3) -> NDArray[np.float64]:
    """The harmonics of the same light from everywhere."""
    found = np.zeros((HARMONICS, 3))
    found[0] = np.pi * np.array(light) / 0.28209479177387814
    return found
