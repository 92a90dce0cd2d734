"""A run's own folder for sockets and state. Whoever owns it holds a lock in it, so that left ones can be removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stage.run.checkpoint import read_in_parts
from stage.run.state_file import running_mark, write_state

PREFIX = "openstage-"
_LOCK = "lock"


@contextmanager
def runtime_folder(prefix: str = PREFIX, state: Path | None = None) -> Iterator[Path]:
    """A fresh folder, removed afterwards. `state` is the state folder of its run, for whoever finds the folder left.

    Raises OSError if it cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        folder = Path(name)
        # The lock is held before it has its name: whoever sweeps sees no lock, or one that is held.
        descriptor = os.open(folder / "lock.new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with contextlib.suppress(OSError):  # a full disk keeps no text, but the lock holds
                os.write(descriptor, str(state or "").encode())
            (folder / "lock.new").replace(folder / _LOCK)
            yield folder
        finally:
            os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a living process owns the folder."""
    with _lock_of(folder) as owner:
        return owner is None and (folder / _LOCK).exists()


def running_states() -> tuple[Path, ...]:
    """The state folders of this user's stages that run now."""
    return tuple(state for _, state in running_folders() if state is not None)


def running_folders() -> tuple[tuple[Path, Path | None], ...]:
    """The folders of this user's runs, each with its state folder, or None where the run keeps no state."""
    found: list[tuple[Path, Path | None]] = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and not folder.is_symlink() and is_held(folder):
                state = (folder / _LOCK).read_text(errors="surrogateescape")
                found.append((folder, Path(state) if state else None))
    return tuple(found)


def sweep_left_folders() -> int:
    """Removes this user's run folders that nobody owns any more. Returns how many.

    A checkpoint in one is newer than the state on disk, so it is written there first.
    """
    removed = 0
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            removed += _remove_if_left(folder)
    return removed


def _remove_if_left(folder: Path) -> bool:
    found = folder.lstat()
    if found.st_uid != os.getuid() or folder.is_symlink() or not folder.is_dir():
        return False
    with _lock_of(folder) as state:
        if state is None:
            return False
        _rescue(folder, state)
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()


def _rescue(folder: Path, state: str) -> None:
    """Keeps the checkpoint of a run that did not end cleanly, if that run was the newest of its state folder."""
    mark = running_mark(Path(state)) if state else None
    if mark is None or mark.runtime != str(folder):
        return
    with contextlib.suppress(OSError):
        kept = read_in_parts(folder / "checkpoint")
        if kept is not None:
            write_state(Path(state), kept)


@contextmanager
def _lock_of(folder: Path) -> Iterator[str | None]:
    """Holds the folder's lock inside, and gives what its owner wrote there; None if there is none, or it is held."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield os.read(descriptor, 4096).decode(errors="surrogateescape")
    finally:
        os.close(descriptor)
