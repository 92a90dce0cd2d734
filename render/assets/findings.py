"""What a user should know of a file that can be shown."""

from __future__ import annotations

from dataclasses import dataclass

from tracking.records import Scalar


@dataclass(frozen=True, kw_only=True)
class PictureFinding:
    """Something about a file that its user should know, though it can be shown: a code with values for its sentence."""

    code: str
    values: dict[str, Scalar]
