"""Where placed pictures are and what they look like, in double precision, written apart from the renderer's code.

Rotation matrices here are products of turns about axes; pictures are read from halved levels as a GPU reads them.
"""

import math

import numpy as np

ORIGIN = np.zeros(3)


def axes(turn_deg, tilt_deg, roll_deg):
    """Right, ahead and up of a picture as columns: rolled, then tilted, then turned to the left."""
    pan, tilt, roll = (math.radians(angle) for angle in (turn_deg, tilt_deg, roll_deg))
    about_z = np.array([[math.cos(pan), -math.sin(pan), 0], [math.sin(pan), math.cos(pan), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(roll), 0, math.sin(roll)], [0, 1, 0], [-math.sin(roll), 0, math.cos(roll)]])
    return about_z @ about_x @ about_y


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def met(layer, anchor, eye, rays):
    """The direction from a layer's viewpoint to what rays meet, and how much wider a footprint is seen from there."""
    heading = unit(rays)
    if layer.projection == "flat":
        if layer.distance_m == 0.0:
            return heading, np.ones(rays.shape[:-1])
        ahead = axes(layer.turn_deg, layer.tilt_deg, 0.0)[:, 1]
        depth = heading @ ahead
        reach = (layer.distance_m - (eye - anchor) @ ahead) / np.where(depth > 0.0, depth, np.nan)
        seen = eye + heading * reach[..., None] - anchor
        towards = unit(seen) @ ahead
        spread = reach / np.linalg.norm(seen, axis=-1) * towards / depth
        return np.where(np.isnan(reach)[..., None], heading, seen), np.where(np.isnan(reach), 1.0, spread)
    reach, normal = np.full(rays.shape[:-1], np.inf), -heading
    if layer.radius_m > 0.0:
        across = np.array([1.0, 1.0, 0.0 if layer.projection == "cylinder" else 1.0])
        level = np.linalg.norm(heading * across, axis=-1)
        along = heading @ (eye * across) / level
        reach = (-along + np.sqrt(along**2 - eye @ (eye * across) + layer.radius_m**2)) / level
        normal = -(eye + heading * reach[..., None]) * across / layer.radius_m
    if layer.ground_m > 0.0:
        down = np.where(heading[..., 2] < 0.0, -heading[..., 2], np.nan)
        to_floor = eye[2] / down
        first = to_floor < reach
        reach = np.where(first, to_floor, reach)
        normal = np.where(first[..., None], np.array([0.0, 0.0, 1.0]), normal)
    near = np.isfinite(reach)
    seen = np.where(
        near[..., None], eye + heading * np.where(near, reach, 0.0)[..., None] - [0, 0, layer.ground_m], heading
    )
    slant = np.abs(np.sum(unit(seen) * normal, axis=-1)) / np.abs(np.sum(heading * normal, axis=-1))
    spread = np.where(near, reach, 1.0) / np.linalg.norm(seen, axis=-1) * np.maximum(slant, 1.0)
    return seen, np.where(near, spread, 1.0)


def angles_of(layer, seen):
    """Angles in the picture: from its axis to the right, and upwards."""
    x, y, z = np.moveaxis(unit(seen) @ axes(layer.turn_deg, layer.tilt_deg, layer.roll_deg), -1, 0)
    return np.arctan2(-x if layer.flip else x, y), np.arcsin(np.clip(z, -1.0, 1.0))


def shifted(layer, elevation):
    """A whole sphere's rows about a moved horizon: one angle within 45 degrees, none at the poles, evenly between."""
    shift = np.clip((0.5 - layer.horizon) * math.pi, -math.radians(30.0), math.radians(30.0))
    share = np.clip((np.degrees(np.abs(elevation)) - 45.0) / 45.0, 0.0, 1.0)
    steps = np.linspace(0.0, 1.0, 4001)
    slope = 1.0 - (2.0 * steps - 1.0) ** 4
    ease = 1.0 - np.concatenate([[0.0], np.cumsum(0.5 * (slope[1:] + slope[:-1]))]) / np.sum(
        0.5 * (slope[1:] + slope[:-1])
    )
    return elevation + shift * np.interp(share, steps, ease)


def place_in_picture(layer, size, seen):
    """Shares of width and height, and texels a radian there."""
    columns, rows = size
    across, up = angles_of(layer, seen)
    if layer.projection == "flat":
        half = math.tan(math.radians(0.5 * layer.width_deg))
        x, y = np.tan(across), np.tan(up) / np.cos(across)
        texels = columns / (2.0 * half) * (1.0 + x * x + y * y)
        return 0.5 + 0.5 * x / half, layer.horizon - 0.5 * y / half * columns / rows, texels
    span = math.radians(layer.span_deg)
    if layer.projection == "cylinder":
        height = np.tan(up)
        return 0.5 + across / span, layer.horizon - height / span * columns / rows, columns / span * (1.0 + height**2)
    if layer.projection == "dome":
        away = 0.5 * math.pi - up
        right, behind = away * np.sin(across), -away * np.cos(across)
        return 0.5 + right / span, 0.5 - behind / span * columns / rows, columns / span * away / np.sin(away)
    texels = np.full(across.shape, columns / span)
    if layer.span_deg == 360.0 and columns == 2 * rows:
        return 0.5 + across / span, 0.5 - shifted(layer, up) / math.pi, texels
    return 0.5 + across / span, layer.horizon - up / span * columns / rows, texels


def halved_levels(picture):
    levels = [picture.astype(np.float64)]
    while min(levels[-1].shape[:2]) > 1:
        last = levels[-1]
        levels.append(0.25 * (last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]))
    return levels


def bilinear(level, across, down, *, wraps):
    rows, columns = level.shape[:2]
    column, row = across * columns - 0.5, np.clip(down * rows - 0.5, 0.0, rows - 1.0)
    if not wraps:
        column = np.clip(column, 0.0, columns - 1.0)
    left, upper = np.floor(column).astype(int), np.floor(row).astype(int)
    aside, below = (column - left)[..., None], (row - upper)[..., None]
    right, lower = left + 1, np.minimum(upper + 1, rows - 1)
    left, right = (left % columns, right % columns) if wraps else (left, np.minimum(right, columns - 1))
    top = level[upper, left] * (1 - aside) + level[upper, right] * aside
    bottom = level[lower, left] * (1 - aside) + level[lower, right] * aside
    return top * (1 - below) + bottom * below


def read(picture, across, down, texels, *, wraps):
    """The picture at shares of its width and height, between the levels whose texels are as wide as wanted."""
    levels = halved_levels(picture)
    detail = np.clip(np.log2(np.maximum(texels, 1e-9)), 0.0, len(levels) - 1.0)
    found = np.stack([bilinear(level, across, down, wraps=wraps) for level in levels])
    lower = np.minimum(np.floor(detail).astype(int), len(levels) - 2)
    share, pick = (detail - lower)[..., None], np.indices(detail.shape)
    return found[lower, *pick] * (1.0 - share) + found[lower + 1, *pick] * share


def looked_up(layer, picture, seen_from, rays, footprint):
    """What an eye sees along rays of a picture placed from an anchor, and where that is inside the picture.

    `seen_from` is the eye and the anchor; the light is filtered to footprints in radians.
    """
    eye, anchor = seen_from
    seen, spread = met(layer, anchor, eye, rays)
    across, down, texels = place_in_picture(layer, picture.shape[1::-1], seen)
    inside = (across >= 0.0) & (across <= 1.0) & (down >= 0.0) & (down <= 1.0)
    if layer.projection == "flat":
        inside &= np.abs(angles_of(layer, seen)[0]) < 0.5 * math.pi
    if layer.projection == "dome":
        inside &= np.degrees(0.5 * math.pi - angles_of(layer, seen)[1]) < 0.5 * layer.span_deg
    wraps = layer.projection in ("sphere", "cylinder") and layer.span_deg == 360.0
    light = read(picture, across, down, texels * footprint * spread, wraps=wraps)
    if layer.seam_deg > 0.0 and wraps:
        away = np.minimum(across % 1.0, 1.0 - across % 1.0) * 360.0
        t = np.clip(away / (0.5 * layer.seam_deg), 0.0, 1.0)
        other = read(picture, 1.0 - across, down, texels * footprint * spread, wraps=True)
        weight = (0.5 - 0.5 * t * t * (3.0 - 2.0 * t))[..., None]
        light = light * (1.0 - weight) + other * weight
    return light, inside
