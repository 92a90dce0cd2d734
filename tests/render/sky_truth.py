"""The light of the sky in double precision, by quadrature along rays: what the sky's tables are held against.

It is the same model (S. Hillaire, "A Scalable and Production Ready Sky and Atmosphere Rendering Technique", EGSR 2020)
and shares no code with the drawing: legs of a ray between shells of air, each with Gauss's nodes. Kilometres throughout;
the sun's light outside the air is 1 in each of red, green and blue.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GROUND, TOP = 6360.0, 6460.0
RAYLEIGH = np.array([5.802e-3, 13.558e-3, 33.1e-3])
OZONE = np.array([0.650e-3, 1.881e-3, 0.085e-3])
MIE_SCATTERING, MIE_EXTINCTION, G = 3.996e-3, 4.44e-3, 0.8
SHELLS = GROUND + np.array([0.0, 0.2, 0.6, 1.2, 2.5, 4.5, 7.0, 10.0, 14.0, 19.0, 25.0, 32.0, 40.0, 55.0, 75.0, 100.0])

TURNS = 8
HEIGHTS, SUNS, DARKEST = 28, 96, -0.45
"""Of the table of light that was scattered more than once: down to a sun 11 degrees below the horizon."""


class Medium(NamedTuple):
    """Densities at some heights: Rayleigh's, Mie's and ozone's, as shares of their greatest."""

    rayleigh: Array
    mie: Array
    ozone: Array

    @classmethod
    def at(cls, radius: Array) -> Medium:
        """The air at these distances from the earth's centre."""
        height = np.maximum(radius - GROUND, 0.0)
        return cls(np.exp(-height / 8.0), np.exp(-height / 1.2), np.maximum(0.0, 1.0 - np.abs(height - 25.0) / 15.0))


@lru_cache
def _gauss(count: int) -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return 0.5 * (nodes + 1.0), 0.5 * weights


def hits_ground(radius: Array, rise: Array) -> NDArray[np.bool_]:
    """Whether rays from `radius` meet the ground; `rise` is the cosine of their angle from the vertical."""
    return (rise < 0.0) & (radius * radius * (1.0 - rise * rise) < GROUND * GROUND)


def ray_nodes(radius: Array, rise: Array, count: int) -> tuple[Array, Array]:
    """Places along rays to the ground or to the top of the air and their weights, (rays, nodes), `count` for each leg."""
    along, aside = radius * rise, radius * np.sqrt(np.maximum(1.0 - rise * rise, 0.0))
    hits = hits_ground(radius, rise)
    ends = np.where(hits, -np.sqrt(np.maximum(GROUND**2 - aside**2, 0.0)), np.sqrt(TOP**2 - aside**2))
    halves = np.sqrt(np.maximum(SHELLS[None, :] ** 2 - aside[:, None] ** 2, 0.0))
    stops = np.concatenate([-halves[:, ::-1], halves], axis=1)
    stops = np.sort(np.clip(stops, along[:, None], ends[:, None]), axis=1)
    nodes, weights = _gauss(count)
    lengths = np.diff(stops, axis=1)
    places = stops[:, :-1, None] + lengths[:, :, None] * nodes
    return (
        (places - along[:, None, None]).reshape(len(radius), -1),
        (lengths[:, :, None] * weights).reshape(len(radius), -1),
    )


def columns(radius: Array, rise: Array, count: int = 6) -> Array:
    """Integrals of the three densities along rays to the top of the air, (rays, 3); the ground stops none."""
    along, aside = radius * rise, radius * np.sqrt(np.maximum(1.0 - rise * rise, 0.0))
    halves = np.sqrt(np.maximum(SHELLS[None, :] ** 2 - aside[:, None] ** 2, 0.0))
    stops = np.concatenate([-halves[:, ::-1], halves], axis=1)
    stops = np.sort(np.clip(stops, along[:, None], np.sqrt(TOP**2 - aside**2)[:, None]), axis=1)
    nodes, weights = _gauss(count)
    lengths = np.diff(stops, axis=1)
    places = stops[:, :-1, None] + lengths[:, :, None] * nodes
    medium = Medium.at(np.sqrt(places**2 + aside[:, None, None] ** 2))
    return np.stack([(part * weights * lengths[:, :, None]).sum((1, 2)) for part in medium], axis=1)


class Truth:
    """The sky over ground of this albedo, with Mie's part so many times the standard one."""

    def __init__(self, albedo: float = 0.3, mie: float = 1.0) -> None:
        self.albedo = albedo
        self.mie_scattering = MIE_SCATTERING * mie
        self._extinctions = np.array([RAYLEIGH, np.full(3, MIE_EXTINCTION * mie), OZONE])
        rises, radii = self._table_places()
        radius, rise = np.broadcast_arrays(radii[:, None], rises)
        self._sun_table = -(columns(radius.ravel(), rise.ravel()) @ self._extinctions).reshape(*radius.shape, 3)

    def transmittance(self, radius: Array, rise: Array) -> Array:
        """What passes of light from outside the air, (rays, 3); 0 where the ground is in its way."""
        passing = np.exp(-columns(radius, rise) @ self._extinctions)
        return np.where(hits_ground(radius, rise)[:, None], 0.0, passing)

    def scattering(self, medium: Medium) -> Array:
        """The scattering coefficients of air, of all its parts."""
        return medium.rayleigh[..., None] * RAYLEIGH + medium.mie[..., None] * self.mie_scattering

    def _along(self, places: Array, weights: Array, radius: Array, rise: Array) -> tuple[Array, Medium, Array]:
        """Along rays: the distance from the earth's centre, the air there, and what passes from there to the start."""
        far = np.sqrt(radius[:, None] ** 2 + places**2 + 2.0 * (radius * rise)[:, None] * places)
        medium = Medium.at(far)
        steps = np.stack(medium, axis=-1) @ self._extinctions * weights[..., None]
        depth = np.cumsum(steps, axis=1) - 0.5 * steps
        return far, medium, np.exp(-depth)

    @staticmethod
    def _table_places(heights: int = 161, angles: int = 257) -> tuple[Array, Array]:
        radii = GROUND + (TOP - GROUND) * np.linspace(0.0, 1.0, heights) ** 2
        share = np.linspace(0.0, 1.0, angles) ** 2
        least = -np.sqrt(np.maximum(1.0 - (GROUND / radii) ** 2, 0.0))
        return least[:, None] + (1.0 - least[:, None]) * share, radii

    def sun(self, radius: Array, rise: Array) -> Array:
        """The transmittance from the table, for many places at once; the ground's shadow is exact."""
        table = self._sun_table
        rows = np.sqrt(np.clip((radius - GROUND) / (TOP - GROUND), 0.0, 1.0)) * (table.shape[0] - 1)
        least = -np.sqrt(np.maximum(1.0 - (GROUND / np.maximum(radius, GROUND)) ** 2, 0.0))
        share = np.clip((rise - least) / (1.0 - least), 0.0, 1.0)
        found = _between(table, rows, np.sqrt(share) * (table.shape[1] - 1))
        return np.where((rise >= least)[..., None], np.exp(found), 0.0)

    def multiple_at(self, height: float, sun: Array) -> Array:
        """Light scattered more than once, before it is scattered again, at one height, for these sines of the sun's
        elevation: (suns, 3). Over all directions, in even turns and by Gauss's nodes above and below the horizon.
        """
        turns = math.pi * (np.arange(TURNS) + 0.5) / TURNS
        horizon = -math.sqrt(1.0 - (GROUND / (GROUND + height)) ** 2)
        second, again = np.zeros((len(sun), 3)), np.zeros(3)
        for rise, share in _ring_shares(horizon):
            radius, rises = np.array([GROUND + height]), np.array([rise])
            places, weights = ray_nodes(radius, rises, 3)
            kept = weights[0] > 0.0
            places, weights = places[:, kept], weights[:, kept]
            far, medium, passing = self._along(places, weights, radius, rises)
            gain = (self.scattering(medium) * passing * weights[..., None])[0]
            level = math.sqrt(1.0 - rise * rise)
            cosines = rise * sun[:, None] + level * np.sqrt(1.0 - sun[:, None] ** 2) * np.cos(turns)
            up = (radius[0] * sun + places[0, :, None, None] * cosines.T).transpose(0, 2, 1) / far[0, :, None, None]
            lit = self.sun(np.broadcast_to(far[0, :, None, None], up.shape), up).mean(2)
            second += share / (4.0 * math.pi) * (gain[:, None] * lit).sum(0)
            again += share * gain.sum(0)
            if rise < horizon:
                second += share * self._from_ground(radius[0], rise, sun, cosines, (medium, weights))
        return second / (1.0 - again)

    def _from_ground(self, radius: float, rise: float, sun: Array, cosines: Array, air: tuple[Medium, Array]) -> Array:
        """Light of the sunlit ground along rays that meet it, without what the sky gives it."""
        distance = -radius * rise - math.sqrt(GROUND**2 - radius**2 * (1.0 - rise**2))
        above = (radius * sun[:, None] + distance * cosines) / GROUND
        light = self.sun(np.full(above.shape, GROUND), above) * np.maximum(above, 0.0)[..., None]
        medium, weights = air
        depth = (np.stack(medium, axis=-1) @ self._extinctions * weights[..., None]).sum((0, 1))
        ground: Array = np.exp(-depth) * light.mean(1) * self.albedo / math.pi
        return ground

    @cached_property
    def _multiple_table(self) -> Array:
        """The logarithm of that light over roots of heights and signed roots of the sun's sine."""
        roots = np.linspace(DARKEST, 1.0, SUNS)
        heights = 100.0 * np.linspace(0.0, 1.0, HEIGHTS) ** 2
        light = np.array([self.multiple_at(height, np.sign(roots) * roots**2) for height in heights])
        return np.log(np.maximum(light, 1e-30))

    def multiple(self, radius: Array, rise: Array) -> Array:
        """The same from a table, for many places at once."""
        rows = np.sqrt(np.clip((radius - GROUND) / 100.0, 0.0, 1.0)) * (HEIGHTS - 1)
        roots = np.clip(np.sign(rise) * np.sqrt(np.abs(rise)), DARKEST, 1.0)
        return np.exp(_between(self._multiple_table, rows, (roots - DARKEST) / (1.0 - DARKEST) * (SUNS - 1)))

    def radiance(self, height: float, rays: Array, sun: Array, count: int = 8) -> Array:
        """Light of the sky along unit rays (n, 3), +Z up, from `height` over ground; no disc. (n, 3)."""
        radius, rise = np.full(len(rays), GROUND + height), rays[:, 2]
        places, weights = ray_nodes(radius, rise, count)
        far, medium, passing = self._along(places, weights, radius, rise)
        cosine = rays @ sun
        up = (radius[:, None] * sun[2] + places * cosine[:, None]) / far
        lit = self.sun(far, up)
        rayleigh = RAYLEIGH * (3.0 / (16.0 * math.pi) * (1.0 + cosine**2))[:, None]
        mie = self.mie_scattering * cornette_shanks(cosine)
        once = medium.rayleigh[..., None] * rayleigh[:, None] + medium.mie[..., None] * mie[:, None, None]
        source = once * lit + self.scattering(medium) * self.multiple(far, up)
        return (source * passing * weights[..., None]).sum(1)


def cornette_shanks(cosine: Array) -> Array:
    """The phase function of haze (W. Cornette and J. Shanks, 1992)."""
    scale = 3.0 / (8.0 * math.pi) * (1.0 - G * G) / (2.0 + G * G)
    return scale * (1.0 + cosine**2) / (1.0 + G * G - 2.0 * G * cosine) ** 1.5


def _ring_shares(horizon: float) -> Iterator[tuple[float, float]]:
    """Sines of elevation, denser towards the horizon, and their shares of the sphere."""
    for count, whole, start in ((10, 1.0 - horizon, horizon), (5, -1.0 - horizon, horizon)):
        for node, weight in zip(*_gauss(count), strict=True):
            yield start + whole * node**2, abs(whole) * node * weight


def _between(table: Array, rows: Array, columns_: Array) -> Array:
    row = np.minimum(rows.astype(int), table.shape[0] - 2)
    column = np.minimum(columns_.astype(int), table.shape[1] - 2)
    down, across = (rows - row)[..., None], (columns_ - column)[..., None]
    upper = table[row, column] * (1.0 - across) + table[row, column + 1] * across
    lower = table[row + 1, column] * (1.0 - across) + table[row + 1, column + 1] * across
    return upper * (1.0 - down) + lower * down
