"""What the system tells of changes in a folder (Linux: inotify)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from inotify_simple import INotify, flags

_KINDS = (
    (flags.MOVED_FROM, "moved_from"),
    (flags.MOVED_TO, "moved_to"),
    (flags.CLOSE_WRITE, "whole"),
    (flags.CREATE, "begun"),
    (flags.DELETE, "gone"),
    (flags.ATTRIB, "touched"),
)
_OF_FOLDER = flags.DELETE_SELF | flags.MOVE_SELF | flags.UNMOUNT | flags.IGNORED | flags.Q_OVERFLOW
_SILENT = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "vboxsf", "virtiofs", "fuse")
"""Kinds of file systems on which others may change files without a word; "fuse" stands for all of its kind."""
_MOUNTS = Path("/proc/self/mountinfo")


class Change(NamedTuple):
    """A file was begun, is whole, was moved, touched, or is gone; `cookie` pairs the two ends of a move.

    Without a `name` it is the folder itself that must be looked at.
    """

    name: str
    kind: str = ""
    cookie: int = 0


class FolderEvents:
    """Tells of changes in `folder`, while it is watched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place: tuple[int, int] | None = None
        self._watched: int | None = None
        try:
            self._notify: INotify | None = INotify(nonblocking=True)
        except (OSError, AttributeError):  # too many are in use, or this system has none
            self._notify = None

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when there are changes; None where the system does not tell."""
        return None if self._notify is None else self._notify.fileno()

    def watch(self) -> bool:
        """Watches the folder that is at its path now. False where changes are not told."""
        if self._notify is None:
            return False
        try:
            about = self._folder.stat()
            if (about.st_dev, about.st_ino) != self._place:
                self.unwatch()
                wanted = flags.ONLYDIR
                for flag, _ in _KINDS:
                    wanted |= flag
                wanted |= flags.DELETE_SELF | flags.MOVE_SELF
                self._watched = self._notify.add_watch(self._folder, wanted)
                self._place = about.st_dev, about.st_ino
        except OSError:
            return False
        return not _is_silent(about.st_dev)

    def unwatch(self) -> None:
        """Forgets the folder: another one may be at its path next time."""
        if self._notify is not None and self._watched is not None:
            with contextlib.suppress(OSError):  # the system has forgotten it with the folder
                self._notify.rm_watch(self._watched)
        self._watched, self._place = None, None

    def read(self) -> Iterator[Change]:
        """The changes since the last call. Never waits."""
        if self._notify is None:
            return
        for event in self._notify.read(timeout=0):
            mask = event.mask
            if mask & flags.Q_OVERFLOW:
                yield Change("")
            elif event.wd != self._watched:
                continue
            elif mask & _OF_FOLDER:
                self.unwatch()
                yield Change("")
            elif event.name and not mask & flags.ISDIR:
                kind = next((kind for flag, kind in _KINDS if mask & flag), "")
                yield Change(os.fsdecode(event.name), kind, event.cookie)

    def close(self) -> None:
        """Ends it."""
        if self._notify is not None:
            self._notify.close()


def _is_silent(device: int) -> bool:
    """Whether a device is of a kind on which others change files without a word."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = _MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return False
    for line in lines:
        words, _, rest = line.partition(" - ")
        if words.split()[2:3] == [wanted]:
            kind = rest.split()[0]
            return kind.partition(".")[0] in _SILENT and kind != "fuseblk"
    return False
