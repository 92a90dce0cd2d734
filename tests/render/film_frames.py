"""Frames of films made by hand, and what their light is in double precision, written apart from the code under test."""

import numpy as np

from render.worlds.shared.media import MediaFacts, frame_bytes, plane_levels

FILM = "f" * 64
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
ACESCG_FROM_REC709 = np.array(
    [
        [0.6130974024, 0.3395231462, 0.0473794514],
        [0.0701937225, 0.9163538791, 0.0134523985],
        [0.0206155929, 0.1095697729, 0.8698146342],
    ]
)
"""As OpenColorIO prints it for the linear light of Rec.709 in ACEScg."""


def facts_of(columns=64, rows=32, **changes):
    return MediaFacts(codec="made", columns=columns, rows=rows, frames=100, rate=(24, 1), **changes)


def frame_of(facts, planes):
    """The bytes of a frame whose planes are these arrays, with box-filtered levels."""
    found = bytearray(frame_bytes(facts))
    kind = np.float16 if facts.planes == "light" else np.uint8 if facts.sample_bytes == 1 else np.uint16
    levels = {}
    textures = planes if facts.planes == "light" else [planes[:1], planes[1:3]]
    if facts.is_whole and facts.planes != "light":
        textures = [[*planes, np.full_like(planes[0], 77)][:4]]  # what lies beside three planes is not looked at
    for one in plane_levels(facts):
        if one.level == 0:
            of = textures[one.texture]
            levels[one.texture] = np.asarray(of if facts.planes == "light" else np.stack(of, axis=-1), np.float64)
        else:
            levels[one.texture] = halved(levels[one.texture], one.columns, one.rows)
        found[one.offset : one.offset + one.bytes] = rounded(levels[one.texture], kind).tobytes()
    return bytes(found)


def halved(plane, columns, rows):
    """A level of this size; odd sizes are as good as nearest."""
    down, across = min(2, plane.shape[0]), min(2, plane.shape[1])
    cut = plane[: rows * down, : columns * across]
    shape = (rows, down, columns, across, *plane.shape[2:])
    return cut.reshape(shape).mean(axis=(1, 3))


def rounded(plane, kind):
    return plane.astype(kind) if kind is np.float16 else np.rint(plane).astype(kind)


def codes_of(colours, facts, matrix="bt709", *, full_range=False):
    """Planes of whole codes for R'G'B' (rows, columns, 3), of which 0 is black and 1 white; chroma is averaged."""
    unit, peak = 2.0 ** (facts.bits - 8), 2.0**facts.bits - 1.0
    if facts.planes == "rgb":
        scale, black = (peak, 0.0) if full_range else (219.0 * unit, 16.0 * unit)
        return [np.rint(np.clip(colours[..., one] * scale + black, 0, peak)) for one in range(3)]
    red, blue = WEIGHTS[matrix]
    luma = colours @ np.array([red, 1.0 - red - blue, blue])
    to_blue = (colours[..., 2] - luma) / (2.0 - 2.0 * blue)
    to_red = (colours[..., 0] - luma) / (2.0 - 2.0 * red)
    luma_scale, black, scale = (peak, 0.0, peak) if full_range else (219.0 * unit, 16.0 * unit, 224.0 * unit)
    across, down = facts.chroma
    chroma = [one[::down, ::across] * scale + 128.0 * unit for one in (to_blue, to_red)]
    return [np.rint(np.clip(one, 0, peak)) for one in (luma * luma_scale + black, *chroma)]


def colours_of(planes, facts, matrix="bt709", *, full_range=False):
    """R'G'B' of whole codes at full size, in double precision."""
    unit, peak = 2.0 ** (facts.bits - 8), 2.0**facts.bits - 1.0
    if facts.planes == "rgb":
        scale, black = (peak, 0.0) if full_range else (219.0 * unit, 16.0 * unit)
        return np.stack([(one - black) / scale for one in planes], axis=-1)
    red, blue = WEIGHTS[matrix]
    luma_scale, black, scale = (peak, 0.0, peak) if full_range else (219.0 * unit, 16.0 * unit, 224.0 * unit)
    y, cb, cr = (planes[0] - black) / luma_scale, (planes[1] - 128.0 * unit) / scale, (planes[2] - 128.0 * unit) / scale
    r, b = y + (2.0 - 2.0 * red) * cr, y + (2.0 - 2.0 * blue) * cb
    return np.stack([r, (y - red * r - blue * b) / (1.0 - red - blue), b], axis=-1)


def light_of_rec709(codes):
    size = np.abs(codes)
    return np.sign(codes) * np.where(size < 0.081, size / 4.5, ((size + 0.099) / 1.099) ** (1.0 / 0.45))
