"""Who holds a key or a token: a file for each, with its name and role and what it is known by.

Every file can be read by this user alone, from its first moment on. Files may come, change and go while the stage
runs, which takes effect at once.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Annotated, Generic, NamedTuple, TypeVar

import msgspec

from stage.run.whole_files import put_whole
from tracking.records import UNDECODABLE, Record
from tracking.settable import Role
from tracking.sources.ordinary_files import open_ordinary

HolderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
MOST_FILE_BYTES = 4096
_FOR_THE_USER_ALONE = 0o700


class Holder(Record):
    """Whom something was made for, and what it may do. A revoked one is kept, so that it can be named."""

    name: HolderName
    role: Role
    revoked: bool = False


class _Seen(NamedTuple):
    name: str
    changed_ns: int
    size: int


Kept = TypeVar("Kept")
KnownBy = TypeVar("KnownBy", bound=Holder)


class HolderFiles(Generic[KnownBy]):
    """The holders whose files lie in `folder`, as they are at each moment: `NAME` and `ending` are a file's name.

    At most `most` are read; files that are none are passed over.
    """

    def __init__(self, folder: Path, ending: str, kind: type[KnownBy], most: int) -> None:
        self._folder = folder
        self._ending = ending
        self._kind = kind
        self._most = most
        self._seen: tuple[_Seen, ...] = ()
        self._holders: tuple[KnownBy, ...] = ()

    def all(self) -> tuple[KnownBy, ...]:
        """Everybody, by name. The folder is read again only where it has changed."""
        seen = self._look()
        if seen != self._seen:
            found = [(one.name, read_record(self._folder / one.name, self._kind)) for one in seen[: self._most]]
            self._holders = tuple(one for file, one in found if one is not None and file == f"{one.name}{self._ending}")
            self._seen = seen
        return self._holders

    def holder_of(self, name: str, role: Role, **known_by: str) -> KnownBy:
        """A holder whose file is yet to be kept. Raises ValueError for no name."""
        try:
            return msgspec.convert({"name": name, "role": role, **known_by}, self._kind)
        except msgspec.ValidationError:
            raise ValueError(
                f"found the name {name!r}, expected 1 to 64 letters, digits, '.', '_' or '-', the first no sign"
            ) from None

    def keep(self, holder: KnownBy) -> None:
        """Keeps a new holder's file. Raises FileExistsError for a name that has one which is not revoked."""
        self.make_folder()
        revoked = {one.name for one in self.all() if one.revoked}
        self._put(holder, new=holder.name not in revoked)

    def revoke(self, name: str) -> bool:
        """Revokes what somebody holds. False where there is none of that name."""
        found = next((one for one in self.all() if one.name == name and not one.revoked), None)
        if found is None:
            return False
        self._put(msgspec.structs.replace(found, revoked=True), new=False)
        return True

    def make_folder(self) -> None:
        """Makes the folder, for this user alone."""
        self._folder.mkdir(mode=_FOR_THE_USER_ALONE, parents=True, exist_ok=True)

    def _put(self, holder: KnownBy, *, new: bool) -> None:
        put_whole(self._folder / f"{holder.name}{self._ending}", msgspec.json.encode(holder), new=new)

    def _look(self) -> tuple[_Seen, ...]:
        seen = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for one in entries:
                if one.name.endswith(self._ending):
                    with contextlib.suppress(OSError):  # one file that goes takes no other with it
                        about = one.stat()
                        seen.append(_Seen(one.name, about.st_mtime_ns, about.st_size))
        return tuple(sorted(seen))


def read_record(file: Path, kind: type[Kept]) -> Kept | None:
    """The record in a small file of JSON; None where there is none."""
    try:
        with open_ordinary(file) as stream:
            return msgspec.json.decode(stream.read(MOST_FILE_BYTES), type=kind)
    except (OSError, *UNDECODABLE):
        return None
