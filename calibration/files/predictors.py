"""Predictors' weights on disk, read whole before the first frame."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tracking.prediction.weights import PredictorWeights
from tracking.records import ConfigError

MAX_BYTES = 1 << 20
SHIPPED = Path(__file__).resolve().parents[2] / "hw_configs" / "predictors" / "handheld.json"


def load_predictor(path: Path) -> PredictorWeights:
    """Read a weights file (JSON, at most 1 MiB). Raises ConfigError, one line: what was found, what was expected."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: found a folder, pipe or device, expected a predictor's weights (JSON)")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}, expected a predictor's weights (JSON)") from error
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path}: found more than {MAX_BYTES >> 20} MiB, expected a predictor's weights (JSON)")
    try:
        return msgspec.json.decode(content, type=PredictorWeights)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{path}: found {error}, expected weights as `stage calibrate predictor` writes them"
        ) from error


def shipped_predictor() -> PredictorWeights:
    """The weights that come with the program, fitted to hand-held motion."""
    return load_predictor(SHIPPED)
