"""How much a model may have of anything: declared once, counted while it is read, before memory is taken for it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from render.models.faults import ModelError


class ModelLimits(NamedTuple):
    """The largest numbers that are read. More is refused by name and place.

    `file_bytes` is of all files of a model together, `decoded_bytes` of all arrays. `json_tables` and `json_values`
    count braces and commas, since a record takes more memory than its text. `drawn_triangles` counts a mesh as often
    as it stands in the scene. `depth` is that of the tree of nodes; `joints` is of a skin, `morphs` of a part.
    """

    file_bytes: int = 1 << 30
    decoded_bytes: int = 2 << 30
    json_bytes: int = 32 << 20
    json_tables: int = 400_000
    json_values: int = 4_000_000
    accessors: int = 200_000
    nodes: int = 20_000
    depth: int = 256
    meshes: int = 20_000
    parts: int = 50_000
    materials: int = 4_000
    textures: int = 8_000
    pictures: int = 1_000
    picture_pixels: int = 1 << 26
    pixels: int = 1 << 28
    vertices: int = 20_000_000
    triangles: int = 20_000_000
    drawn_triangles: int = 100_000_000
    instances: int = 1_000_000
    lamps: int = 1_000
    skins: int = 2_000
    joints: int = 2_048
    morphs: int = 64
    movements: int = 1_000
    channels: int = 50_000
    keys: int = 4_000_000


MODEL_LIMITS = ModelLimits()
FARTHEST = 1e9
"""Nothing of a model may be farther from its origin, in its own units."""
LARGEST_NUMBER = 1e12
"""No number of its JSON may be larger."""


class Budget:
    """What is left of a model's limits while it is read."""

    def __init__(self, limits: ModelLimits) -> None:
        self.limits = limits
        self._taken = dict.fromkeys(limits._fields, 0)
        self._read: list[bytes] = []

    def note_read(self, content: bytes) -> None:
        """Remembers the bytes of a file that were read, in the order in which they are."""
        self._read.append(hashlib.sha256(content).digest())

    @property
    def sha256(self) -> str:
        """What was read: the hash of the one file's bytes, or of the hashes of several."""
        return self._read[0].hex() if len(self._read) == 1 else hashlib.sha256(b"".join(self._read)).hexdigest()

    def take(self, what: str, count: int, where: str) -> None:
        """Counts more of something. Raises ModelError where it becomes more than the limit of that name."""
        self._taken[what] += count
        self.bound(what, self._taken[what], where)

    def bound(self, what: str, count: int, where: str) -> None:
        """Raises ModelError where a single count is more than the limit of that name."""
        most: int = getattr(self.limits, what)
        if count > most:
            raise ModelError(f"model_most_{what}", where, found=count, most=most)
