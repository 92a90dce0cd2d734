"""Light and code values: the light of a wall's 256 codes, and the codes that show light on an sRGB screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calibration.walls import Signal

Codes = npt.NDArray[np.uint8]

_PQ_FULL_NITS = 10000.0
_SRGB_LINEAR = 0.0031308


def light_of_codes(signal: Signal, full_nits: float) -> npt.NDArray[np.float32]:
    """(256,) linear light of each code value that is sent to a wall, 1 at `full_nits`.

    IEC 61966-2-1 for sRGB, a power for gamma, SMPTE ST 2084 for PQ, whose codes mean nits whatever the peak is.
    """
    code = np.arange(256) / 255.0
    match signal.curve:
        case "pq":
            nits = _PQ_FULL_NITS * _pq_light(code)
        case "gamma":
            nits = signal.peak_nits * code**signal.gamma
        case "srgb":
            bent = code > 12.92 * _SRGB_LINEAR
            nits = signal.peak_nits * np.where(bent, ((code + 0.055) / 1.055) ** 2.4, code / 12.92)
    return np.asarray(nits / full_nits, dtype=np.float32)


def raw_light() -> npt.NDArray[np.float32]:
    """(256,) of codes that are not light but numbers from 0 to 1, like those of a `coordinates` world."""
    return np.asarray(np.arange(256) / 255.0, dtype=np.float32)


def screen_codes(light: npt.NDArray[np.floating]) -> Codes:
    """Linear light of any shape, 1 the brightest possible, as codes of an sRGB screen (IEC 61966-2-1)."""
    clipped = np.clip(light, 0.0, 1.0)
    code = np.where(clipped <= _SRGB_LINEAR, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.asarray((code * 255.0).round().astype(np.uint8))


def exposed_codes(codes: Codes, stops: float) -> Codes:
    """Codes of an sRGB screen as they are with another exposure: one stop doubles the light that is shown."""
    light = light_of_codes(Signal(curve="srgb", peak_nits=1.0), 1.0)
    return np.asarray(screen_codes(light * np.float32(2.0**stops))[codes])


def _pq_light(code: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The electro-optical transfer function of SMPTE ST 2084:2014, equation 4.1, as a share of 10,000 nits."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = code ** (1 / m2)
    return np.asarray((np.maximum(root - c1, 0.0) / (c2 - c3 * root)) ** (1 / m1))
