"""What the file of a decoded picture begins with, so that anybody can tell which picture it holds without decoding it.

After this many bytes come all its levels as they go to the GPU (`stage.assets.kept_pictures`).
"""

from __future__ import annotations

import msgspec

from tracking.records import UNDECODABLE, Evolving

HEADER_BYTES = 16384
LEVELS_SUFFIX = ".levels"
MARK = b"levels 1"


class _Source(Evolving):
    """What is read here of a description."""

    sha256: str


def description_in(header: bytes) -> bytes:
    """The encoded description (JSON) in the first bytes of such a file; empty where it is no such file."""
    return header[len(MARK) : HEADER_BYTES].rstrip(b"\0") if header.startswith(MARK) else b""


def source_sha256(header: bytes) -> str:
    """The hash of the file that was decoded, from the first bytes of the result; "" where these say none."""
    try:
        return msgspec.json.decode(description_in(header), type=_Source).sha256
    except UNDECODABLE:
        return ""
