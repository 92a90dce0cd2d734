"""A room of 6 m by 8 m by 4 m about the stage's origin: what is seen of it from anywhere, in double precision."""

import functools

import numpy as np

HALF_M = np.array([3.0, 4.0, 2.0])
PILLAR_M = (np.array([-0.4, 1.6, -2.0]), np.array([0.3, 2.2, 0.6]))


def directions(columns):
    """Unit vectors of the pixels of a whole sphere, (columns / 2, columns, 3)."""
    rows = columns // 2
    turn, rise = np.meshgrid(
        ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * np.pi, (0.5 - (np.arange(rows) + 0.5) / rows) * np.pi
    )
    return np.stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)], axis=-1)


def seen(eye, rays, *, pillar=False):
    """Where rays (..., 3) from an eye end on the room's walls, or on a pillar in it."""
    rays = np.where(np.abs(rays) < 1e-12, 1e-12, rays)
    reach = ((np.sign(rays) * HALF_M - eye) / rays).min(axis=-1)
    if pillar:
        ends = np.stack([(corner - eye) / rays for corner in PILLAR_M])
        enters, leaves = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
        reach = np.where((enters <= leaves) & (enters > 0.0), np.minimum(reach, enters), reach)
    return eye + rays * reach[..., None]


@functools.cache
def picture_and_depth(columns, *, pillar=False):
    """A panorama whose colours are the places that it shows, in metres, and how far each is from the origin."""
    places = seen(np.zeros(3), directions(columns), pillar=pillar)
    return places.astype(np.float32), np.linalg.norm(places, axis=-1).astype(np.float32)


def error_px(light, eye, rays, film_px_rad):
    """How far the places in `light` are from where rays from an eye look, in film pixels."""
    towards = light - eye
    towards = towards / np.maximum(np.linalg.norm(towards, axis=-1, keepdims=True), 1e-9)
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    return 2.0 * np.arcsin(np.clip(0.5 * np.linalg.norm(towards - rays, axis=-1), 0.0, 1.0)) / film_px_rad
