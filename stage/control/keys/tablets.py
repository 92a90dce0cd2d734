"""Tablets that were paired with a stage: name and role of each, and the hash of the cookie that it carries.

They are in one file beside the keys, for its user alone, which is replaced whole. Another process may change it while
the stage runs, which takes effect at once. A cookie is 256 random bits, so a plain SHA-256 of it tells nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from render.worlds.shared.keys import is_shown
from stage.run.whole_files import put_whole, stamp_of
from tracking.records import UNDECODABLE, Record
from tracking.sources.ordinary_files import read_ordinary

TabletRole = Literal["viewer", "director", "operator"]
"""What a tablet can be: never admin, which only programs on the stage's own machine are."""
MOST_TABLETS = 128
LONGEST_NAME = 64
FILE = "tablets.json"
_LOCK = "tablets.lock"
_DAMAGED = "tablets.damaged.json"
_MOST_FILE_BYTES = 1 << 20
_MOST_COOKIE_CHARACTERS = 256
_FOR_THE_USER_ALONE = 0o700
_HASH = r"^[0-9a-f]{64}$(?!\n)"


class PinLock(Record):
    """The lock of a tablet that was left somewhere: its PIN's salted hash, and the wrong PINs that were tried since."""

    salt: Annotated[str, msgspec.Meta(max_length=64)]
    scrypt: Annotated[str, msgspec.Meta(pattern=_HASH)]
    wrong: Annotated[int, msgspec.Meta(ge=0)] = 0


class Tablet(Record):
    """A tablet: who it is for people, what it may do, when (Unix time in seconds) and from where it was paired.

    `sha256` is the hash of its cookie, in hex digits. A revoked one is kept for a while, so that it can be named.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    role: TabletRole
    sha256: Annotated[str, msgspec.Meta(pattern=_HASH)]
    paired_unix_s: float
    address: Annotated[str, msgspec.Meta(max_length=64)] = ""
    revoked: bool = False
    lock: PinLock | None = None

    @property
    def owner(self) -> str:
        """Whose commands its commands are (`Command.owner`)."""
        return f"tablet:{self.id}"


class TabletsTakenError(Exception):
    """As many tablets are paired as there can be."""


class TabletFile:
    """The tablets in `folder`, as they are at each moment. A file that holds none is set aside by the next pairing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / FILE
        self._stamp: tuple[int, ...] = ()
        self._tablets: tuple[Tablet, ...] = ()

    def tablets(self) -> tuple[Tablet, ...]:
        """Every tablet that is known, the revoked ones too, in the order of their pairing."""
        stamp = stamp_of(self._file)
        if stamp != self._stamp:
            try:
                self._tablets = self._read() or ()
            except OSError:
                self._tablets = ()
            self._stamp = stamp
        return self._tablets

    def carrier(self, cookie: str) -> Tablet | None:
        """The tablet that carries a cookie, a revoked one too; None for one that nobody was given."""
        given = _hash_of(cookie[:_MOST_COOKIE_CHARACTERS])
        found = [one for one in self.tablets() if hmac.compare_digest(one.sha256, given)]
        return found[0] if found else None

    def find(self, tablet_id: str) -> Tablet | None:
        """The tablet of that id."""
        return next((one for one in self.tablets() if one.id == tablet_id), None)

    def pair(self, name: str, role: TabletRole, address: str, *, instead_of: str = "") -> tuple[Tablet, str]:
        """Adds a tablet. Returns it and the cookie that it must carry, which is kept nowhere.

        The one of the id `instead_of` is what it was until now, and is revoked. The oldest revoked one is forgotten
        where there are too many. Raises TabletsTakenError, and OSError.
        """
        cookie = secrets.token_urlsafe(32)
        with self._changing() as tablets:
            tablets[:] = [
                msgspec.structs.replace(one, revoked=True) if one.id == instead_of else one for one in tablets
            ]
            if len(tablets) >= MOST_TABLETS:
                oldest = next((one for one in tablets if one.revoked), None)
                if oldest is None:
                    raise TabletsTakenError
                tablets.remove(oldest)
            made = Tablet(
                id=secrets.token_hex(8),
                name=free_name(clean_name(name), tablets),
                role=role,
                sha256=_hash_of(cookie),
                paired_unix_s=time.time(),
                address=address,
            )
            tablets.append(made)
        return made, cookie

    def change(self, tablet_id: str, **fields: Any) -> Tablet | None:
        """Changes a tablet that is not revoked, and returns it; None where there is none. Raises OSError.

        A `name` is cleaned, and numbered where another tablet has it.
        """
        with self._changing() as tablets:
            place = next((at for at, one in enumerate(tablets) if one.id == tablet_id and not one.revoked), None)
            if place is None:
                return None
            others = tablets[:place] + tablets[place + 1 :]
            if "name" in fields:
                fields["name"] = free_name(clean_name(fields["name"]), others)
            tablets[place] = msgspec.structs.replace(tablets[place], **fields)
            return tablets[place]

    @contextmanager
    def _changing(self) -> Iterator[list[Tablet]]:
        """The tablets to change; they are written if that raises nothing. No other process changes them meanwhile."""
        self._folder.mkdir(mode=_FOR_THE_USER_ALONE, parents=True, exist_ok=True)
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self._read()
            if found is None:
                self._file.replace(self._folder / _DAMAGED)
            changed = list(found or ())
            yield changed
            if tuple(changed) != found:
                put_whole(self._file, msgspec.json.encode(changed))
                self._stamp = ()
        finally:
            os.close(lock)

    def _read(self) -> tuple[Tablet, ...] | None:
        """What the file holds; nothing where there is none, None where it holds something else. Raises OSError."""
        try:
            content = read_ordinary(self._file, _MOST_FILE_BYTES)
            found = msgspec.json.decode(content, type=tuple[Tablet, ...])
        except FileNotFoundError:
            return ()
        except (ValueError, *UNDECODABLE):
            return None
        return found[:MOST_TABLETS]


def clean_name(name: str) -> str:
    """A name as it is kept: composed, on one line, nothing that cannot be seen in it, and not too long."""
    shown = "".join(one if is_shown(one) else " " for one in unicodedata.normalize("NFC", name))
    return " ".join(shown.split())[:LONGEST_NAME].strip() or "tablet"


def free_name(name: str, tablets: list[Tablet]) -> str:
    """The name, with a number where a tablet has it that is not revoked: people must know one from the other."""
    taken = {one.name.casefold() for one in tablets if not one.revoked}
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        ending = f" ({number})"
        found = name[: LONGEST_NAME - len(ending)] + ending
    return found


def _hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()
