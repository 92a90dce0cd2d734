"""Makes a closed, indexed take of one that was cut off or damaged. The original stays until the new one is safe."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stage.takes.names import OPEN_SUFFIX, SUFFIX, TakePaths, free_stem
from stage.takes.reader import TakeReader
from stage.takes.records import TakeSnapshot
from stage.takes.writer import TakeFile
from tracking.records import ConfigError, Evolving

FLUSH_FRAMES = 256
UNFINISHED_SUFFIX = ".mcap.repair"


class Repaired(Evolving):
    """What a repair kept: the new file, its frames and snapshots, what had to be left out, and which take it is of."""

    file: str
    frames: int
    snapshots: int
    damage: tuple[str, ...]
    name: str = ""
    last_frame: int | None = None


def left_open(directory: Path) -> Iterator[Path]:
    """Everything in `directory` that has the name of an open take, whatever it is."""
    yield from sorted(directory.glob("*" + OPEN_SUFFIX))


def is_written(path: Path) -> bool:
    """Whether a recorder holds the lock on an open take.

    Raises OSError where it is not a file, or not one that this user may open: then it cannot be repaired.
    """
    if not path.is_file():
        raise OSError(errno.EINVAL, "it is not an ordinary file")
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def repair(path: Path) -> Repaired:
    """Copies everything whole into a new take.

    `name.mcap.part` becomes `name.mcap` and is removed; any other file is kept beside `name-repaired.mcap`.

    Raises:
        ConfigError: the file is not a take, or a recorder is writing it.
        OSError: the new file cannot be written, or the old one cannot be locked.
    """
    reader = TakeReader(path)
    if path.name.endswith(OPEN_SUFFIX) and is_written(path):
        raise ConfigError(f"{path}: a recorder is writing it: stop the take first")
    paths = _paths_for(path)
    paths.open.unlink(missing_ok=True)
    file = TakeFile(paths, reader.header, reader.part)
    try:
        frames, snapshots, last_frame = _copy(reader, file)
        file.add_assets(reader.assets)
        final = file.close()
    except OSError:
        file.abandon().unlink(missing_ok=True)
        raise
    if path.name.endswith(OPEN_SUFFIX):
        path.unlink()
    return Repaired(
        file=str(final),
        frames=frames,
        snapshots=snapshots,
        damage=tuple(reader.damage),
        name=reader.part.name,
        last_frame=last_frame,
    )


def _paths_for(path: Path) -> TakePaths:
    stem = path.name.removesuffix(OPEN_SUFFIX).removesuffix(SUFFIX)
    wanted = stem if path.name.endswith(OPEN_SUFFIX) else f"{stem}-repaired"
    final = free_stem(wanted, 1, lambda name: os.path.lexists(path.parent / (name + SUFFIX)))
    return TakePaths(open=path.parent / (final + UNFINISHED_SUFFIX), closed=path.parent / (final + SUFFIX))


def _copy(reader: TakeReader, file: TakeFile) -> tuple[int, int, int | None]:
    """How many frames and snapshots were copied, and the last frame."""
    frames = snapshots = 0
    last: int | None = None
    present_ns = 0
    for entry in reader.entries():
        if isinstance(entry, TakeSnapshot):
            kept = msgspec.structs.replace(entry, state=b"") if entry.glue else entry
            named = (digest for part in entry.parts for digest in part.pieces)
            file.add_snapshot(present_ns, kept, {digest: reader.pieces[digest] for digest in named})
            snapshots += 1
            continue
        present_ns = entry.present_ns
        file.add_assets(reader.assets)
        file.add_frame(present_ns, entry.inputs, entry.report, entry.message)
        frames, last = frames + 1, entry.message.frame
        if frames % FLUSH_FRAMES == 0:
            file.flush()
    return frames, snapshots, last
