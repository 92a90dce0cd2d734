"""Calibration files on disk, read whole before the first frame."""

from __future__ import annotations

from pathlib import Path

from calibration.meshes import Mesh, parse_obj
from tracking.records import ConfigError

MAX_MESH_BYTES = 64 << 20


def load_mesh(path: Path) -> Mesh:
    """Read a wall's OBJ file (at most 64 MiB). Raises ConfigError, one line, `file[:line]: found, expected`."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: found a folder, pipe or device, expected an ordinary OBJ file")
        with path.open("rb") as file:
            content = file.read(MAX_MESH_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}, expected a readable OBJ file") from error
    if len(content) > MAX_MESH_BYTES:
        raise ConfigError(f"{path}: found more than {MAX_MESH_BYTES >> 20} MiB, expected a simpler mesh")
    if b"\0" in content:
        raise ConfigError(f"{path}: found binary bytes, expected OBJ text")
    return parse_obj(content.decode("latin-1"), str(path))
