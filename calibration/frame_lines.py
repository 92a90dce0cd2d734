"""The frames of other aspects that will be cut from the same film. Pure."""

from __future__ import annotations

from typing import Literal

FrameLine = Literal["16:9", "9:16", "1:1", "2.39:1"]
FRAMES: dict[str, float] = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "2.39:1": 2.39}
"""Width by height of each `FrameLine`."""
