"""Why the file of a take cannot be read: a line for terminals, a code with values for the page."""

from __future__ import annotations

from pathlib import Path

from stage.show.frame.inputs import Cause
from stage.words.sentences import sentence
from tracking.records import ConfigError, Scalar


class UnreadableTakeError(ConfigError):
    """A file is no take that can be read, for a `cause`. A terminal is told more exactly what was `said` of it."""

    def __init__(self, path: Path, code: str, said: str = "", **values: Scalar) -> None:
        super().__init__(f"{path}: {sentence(code, values)}{f' ({said})' if said else ''}")
        self.cause = Cause(code=code, values=values)
