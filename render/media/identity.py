"""By what a film's content is known: a hash of its size and of parts of it.

Not of all bytes: plates have hundreds of gigabytes, and a stage that starts must not read them for an hour. The first
and last mebibyte hold what the container says of the film, and 64 blocks between them its pictures: who exports a film
again changes all of these. A change of a single frame's bytes in place, with the same size, may go unnoticed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from tracking.sources.ordinary_files import open_ordinary

_ENDS = 1 << 20
_BLOCKS = 64
_BLOCK = 16 << 10
_OF_MANY = 4 << 10


def film_identity(path: Path) -> str:
    """64 hexadecimal digits that tell the content of a film from any other's, whatever its name. Raises OSError."""
    digest = hashlib.sha256(b"film\0")
    with open_ordinary(path) as file:
        size = os.fstat(file.fileno()).st_size
        digest.update(size.to_bytes(8, "big"))
        if size <= 2 * _ENDS + _BLOCKS * _BLOCK:
            while piece := file.read(_ENDS):
                digest.update(piece)
            return digest.hexdigest()
        digest.update(file.read(_ENDS))
        between = size - 2 * _ENDS
        for block in range(_BLOCKS):
            file.seek(_ENDS + between * block // _BLOCKS)
            digest.update(file.read(_BLOCK))
        file.seek(size - _ENDS)
        digest.update(file.read(_ENDS))
    return digest.hexdigest()


def sequence_identity(frames: Iterable[Path]) -> str:
    """The same of numbered frames in their order: of their names, their sizes, and both ends of each. Raises OSError.

    Of every frame at least a part is read, since one of them may be drawn anew.
    """
    digest = hashlib.sha256(b"frames\0")
    for path in frames:
        with open_ordinary(path) as file:
            size = os.fstat(file.fileno()).st_size
            digest.update(os.fsencode(path.name) + b"\0" + size.to_bytes(8, "big"))
            digest.update(file.read(_OF_MANY))
            file.seek(max(0, size - _OF_MANY))
            digest.update(file.read(_OF_MANY))
    return digest.hexdigest()
