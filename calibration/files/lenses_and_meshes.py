"""Calibration files on disk, read whole before the first frame."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import msgspec

from calibration.cameras import FARTHEST_PUPIL_M
from calibration.lens_records import Lens, LensNode
from calibration.rasters.meshes import Mesh, parse_obj
from tracking.records import FOCAL_LENGTH_MM, ConfigError

MAX_MESH_BYTES = 64 << 20
MAX_LENS_BYTES = 1 << 20


def load_mesh(path: Path) -> Mesh:
    """Read a wall's OBJ file (at most 64 MiB). Raises ConfigError, one line, `file[:line]: found, expected`."""
    content = _read(path, MAX_MESH_BYTES, "OBJ file")
    if b"\0" in content:
        raise ConfigError(f"{path}: found binary bytes, expected OBJ text")
    return parse_obj(content.decode("latin-1"), str(path))


def load_lens(path: Path) -> Lens:
    """Read a lens file (JSON, at most 1 MiB). Raises ConfigError, one line, `file: [key:] found, expected`."""
    content = _read(path, MAX_LENS_BYTES, "lens file")
    try:
        lens = msgspec.json.decode(content, type=Lens)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path}: {error}, expected a lens file (JSON)") from error
    for index, node in enumerate(lens.nodes):
        _check_node(path, index, node)
    for index, (low, high) in enumerate(pairwise(lens.nodes), start=1):
        if high.zoom_raw <= low.zoom_raw:
            raise ConfigError(
                f"{path}: nodes[{index}].zoom_raw: found {high.zoom_raw:g} after {low.zoom_raw:g}, "
                "expected nodes sorted by rising zoom_raw"
            )
    return lens


def _check_node(path: Path, index: int, node: LensNode) -> None:
    shortest, longest = FOCAL_LENGTH_MM
    if not shortest <= node.focal_length_mm <= longest:
        raise ConfigError(
            f"{path}: nodes[{index}].focal_length_mm: found {node.focal_length_mm:g}, "
            f"expected {shortest:g} to {longest:g} mm"
        )
    numbers = (node.zoom_raw, node.entrance_pupil_m, *node.radial, *node.tangential)
    if not all(map(math.isfinite, (*numbers, *node.projection_offset_mm, *node.distortion_offset_mm))):
        raise ConfigError(f"{path}: nodes[{index}]: found a number that is not finite, expected real ones")
    if abs(node.entrance_pupil_m) > FARTHEST_PUPIL_M:
        raise ConfigError(
            f"{path}: nodes[{index}].entrance_pupil_m: found {node.entrance_pupil_m:g}, expected metres, "
            f"at most {FARTHEST_PUPIL_M:g}"
        )


def _read(path: Path, most_bytes: int, kind: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: found a folder, pipe or device, expected an ordinary {kind}")
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}, expected a readable {kind}") from error
    if len(content) > most_bytes:
        raise ConfigError(f"{path}: found more than {most_bytes >> 20} MiB, expected a simpler {kind}")
    return content
