"""Reads calibration files from disk, whole, before the first frame: meshes, lenses and predictor weights."""

from __future__ import annotations

from pathlib import Path

import msgspec

from calibration.lens_records import Lens, lens_fault
from calibration.rasters.meshes import Mesh, parse_obj
from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError
from tracking.sources.ordinary_files import read_ordinary, without_mark

MAX_MESH_BYTES = 64 << 20
MAX_LENS_BYTES = 1 << 20
MAX_PREDICTOR_BYTES = 1 << 20
SHIPPED_PREDICTOR = Path(__file__).resolve().parents[2] / "hw_configs" / "predictors" / "handheld.json"


def load_mesh(path: Path) -> Mesh:
    """Read a wall's OBJ file (at most 64 MiB). Raises ConfigError, one line, `file[:line]: found, expected`."""
    content = _read(path, MAX_MESH_BYTES, "OBJ file")
    if b"\0" in content:
        raise ConfigError(f"{path}: found binary bytes, expected OBJ text")
    return parse_obj(content.decode("utf-8", errors="surrogateescape"), str(path))


def load_lens(path: Path) -> Lens:
    """Read a lens file (JSON, at most 1 MiB). Raises ConfigError, one line, `file: [key:] found, expected`."""
    content = _read(path, MAX_LENS_BYTES, "lens file")
    try:
        lens = msgspec.json.decode(content, type=Lens)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {error}, expected a lens file (JSON)") from error
    fault = lens_fault(lens)
    if fault is not None:
        raise ConfigError(f"{path}: {fault}")
    return lens


def load_predictor(path: Path) -> PredictorWeights:
    """Read a weights file (JSON, at most 1 MiB). Raises ConfigError, one line, `file: found, expected`."""
    content = _read(path, MAX_PREDICTOR_BYTES, "file of predictor weights (JSON)")
    try:
        return msgspec.json.decode(content, type=PredictorWeights)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{path}: found {error}, expected weights as `stage calibrate predictor` writes them"
        ) from error


def shipped_predictor() -> PredictorWeights:
    """The weights that come with the program, fitted to hand-held motion."""
    return load_predictor(SHIPPED_PREDICTOR)


def _read(path: Path, most_bytes: int, kind: str) -> bytes:
    """The bytes of an ordinary file of at most `most_bytes`, without a byte-order mark. Raises ConfigError."""
    try:
        content = read_ordinary(path, most_bytes)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}, expected a readable {kind}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: found more than {most_bytes >> 20} MiB, expected a smaller {kind}") from error
    try:
        return without_mark(content)
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error
