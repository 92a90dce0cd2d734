"""The state on disk, in the stage's state folder: it outlives the supervisor, the machine's power and a reboot.

`last-state` is the newest encoded state: its glue, and the digests of its parts' pieces, which a second file holds once
each. New pieces are added at its end; where most of it is of no use any more, another one takes its place, which
`last-state` then names. `running.json` exists while a run has not ended cleanly, and names the run's
own folder, whose checkpoint may be newer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from pathlib import Path

import msgspec

from stage.run.encoded_state import DIGEST_BYTES, EncodedState, joined, piece_of
from tracking.records import UNDECODABLE, Evolving
from tracking.sources.ordinary_files import read_ordinary

LAST_STATE = "last-state"
RUN_MARK = "running.json"
MOST_BYTES = 8 * 2**20
MOST_BYTES_OF_PIECES = 256 * 2**20
_MAGIC = b"OSSTATE2"
_PIECES = ("last-state.pieces-0", "last-state.pieces-1")
_OTHER_FILE = dict(zip(_PIECES, reversed(_PIECES), strict=True))
_PIECE = struct.Struct(f"<I{DIGEST_BYTES}s")
_SPARE_BYTES = 2**20
"""So much of no use is left in the file of pieces before another one takes its place."""


class _KeptState(Evolving):
    """The glue of a state, the digests of each part's pieces, and the file that holds those."""

    glue: tuple[bytes, ...]
    parts: tuple[tuple[bytes, ...], ...]
    pieces_in: str


class RunMark(Evolving):
    """A run that has not ended cleanly: its folder, when it began (ISO 8601, for people), and the folder of its show.

    `show` is "" where an earlier version began the run.
    """

    runtime: str
    began: str = ""
    show: str = ""


def write_whole(file: Path, content: bytes) -> None:
    """Replaces `file` whole or not at all, and returns when it is on disk. Raises OSError."""
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class StateFiles:
    """Writes the newest state into `folder`, over and over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._on_disk: dict[bytes, int] | None = None
        """The bytes of each piece in the file of pieces by digest; None where that is not known."""
        self._pieces_in = ""

    def write(self, state: EncodedState) -> None:
        """Replaces the state, and returns when it is on disk. Raises OSError, and then the state before is there."""
        pieces = {piece.digest: piece.content for part in state.parts for piece in part.pieces}
        known, self._on_disk = self._on_disk, None
        useful = sum(map(len, pieces.values()))
        if known is None or sum(known.values()) > 2 * useful + _SPARE_BYTES:
            known = {}
            self._pieces_in = _OTHER_FILE.get(_named_pieces(self._folder), _PIECES[0])
            (self._folder / self._pieces_in).unlink(missing_ok=True)
        fresh = {digest: content for digest, content in pieces.items() if digest not in known}
        _append(self._folder / self._pieces_in, fresh)
        parts = tuple(tuple(piece.digest for piece in part.pieces) for part in state.parts)
        kept = msgspec.msgpack.encode(_KeptState(glue=state.glue, parts=parts, pieces_in=self._pieces_in))
        write_whole(self._folder / LAST_STATE, _MAGIC + _check(kept) + kept)
        (self._folder / _OTHER_FILE[self._pieces_in]).unlink(missing_ok=True)
        self._on_disk = known | {digest: len(content) for digest, content in fresh.items()}


def write_state(folder: Path, state: EncodedState) -> None:
    """Replaces the state in `folder`, and returns when it is on disk. Raises OSError."""
    StateFiles(folder).write(state)


def read_state(folder: Path) -> bytes | None:
    """The encoded state in `folder`; None if there is none, or it is damaged."""
    try:
        kept = _read_kept(folder)
        pieces = _read_pieces(folder / kept.pieces_in) if kept.pieces_in in _OTHER_FILE else {}
        return joined(kept.glue, (b"".join(pieces[digest] for digest in part) for part in kept.parts))
    except (OSError, ValueError, LookupError, *UNDECODABLE):
        return None


def mark_running(folder: Path, mark: RunMark) -> None:
    """Notes that a run has begun. Raises OSError."""
    write_whole(folder / RUN_MARK, msgspec.json.encode(mark))


def running_mark(folder: Path) -> RunMark | None:
    """The run that has not ended cleanly, or None."""
    try:
        return msgspec.json.decode(read_ordinary(folder / RUN_MARK, MOST_BYTES), type=RunMark)
    except (OSError, ValueError, RecursionError):
        return None


def clear_mark(folder: Path) -> None:
    """Notes that the run has ended cleanly."""
    with contextlib.suppress(OSError):
        (folder / RUN_MARK).unlink(missing_ok=True)


def _named_pieces(folder: Path) -> str:
    try:
        return _read_kept(folder).pieces_in
    except (OSError, ValueError, *UNDECODABLE):
        return ""


def _read_kept(folder: Path) -> _KeptState:
    content = read_ordinary(folder / LAST_STATE, MOST_BYTES)
    head, kept = content[: len(_MAGIC) + DIGEST_BYTES], content[len(_MAGIC) + DIGEST_BYTES :]
    if head != _MAGIC + _check(kept):
        raise ValueError("found another content than was written")
    return msgspec.msgpack.decode(kept, type=_KeptState)


def _append(file: Path, pieces: dict[bytes, bytes]) -> None:
    with file.open("ab") as stream:
        for digest, content in pieces.items():
            stream.write(_PIECE.pack(len(content), digest))
            stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _read_pieces(file: Path) -> dict[bytes, bytes]:
    """The pieces of a file by digest, up to the first that is not whole."""
    content = read_ordinary(file, MOST_BYTES_OF_PIECES)
    found: dict[bytes, bytes] = {}
    at = 0
    while at + _PIECE.size <= len(content):
        length, digest = _PIECE.unpack_from(content, at)
        piece = piece_of(content[at + _PIECE.size : at + _PIECE.size + length])
        if piece.digest != digest:
            break
        found[digest] = piece.content
        at += _PIECE.size + length
    return found


def _check(encoded: bytes) -> bytes:
    return hashlib.blake2b(encoded, digest_size=DIGEST_BYTES).digest()
