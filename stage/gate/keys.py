"""The keys (CURVE) of clients: each has a name and a role, in a file of its own; and the key of the stage itself.

Only the public half of a client's key is kept. Every file can be read by this user alone, from its first moment on.
Files may come, change and go while the stage runs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import msgspec
import zmq

from stage.run.whole_files import put_whole
from tracking.records import UNDECODABLE, Record
from tracking.settable import Role
from tracking.sources.ordinary_files import open_ordinary

KeyName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
KeyText = Annotated[str, msgspec.Meta(min_length=40, max_length=40)]
"""A key in the 40 characters of Z85 (RFC 32, rfc.zeromq.org)."""
MOST_KEYS = 256
_SUFFIX = ".curve.json"
_SERVER = "server-key.json"
_MOST_FILE_BYTES = 4096
_FOR_THE_USER_ALONE = 0o700
Kept = TypeVar("Kept")


class KeyHolder(Record):
    """Whom a key was made for, what it may do, and its public half. A revoked one is kept so that it can be named."""

    name: KeyName
    role: Role
    public: KeyText
    revoked: bool = False


class ServerKey(Record):
    """The stage's own key: clients know its public half, and so that they speak with this stage."""

    public: KeyText
    secret: KeyText


class ClientKey(Record):
    """What a client needs: its own key, and the public half of the stage's."""

    name: KeyName
    role: Role
    public: KeyText
    secret: KeyText
    server: KeyText


class _Seen(NamedTuple):
    name: str
    changed_ns: int
    size: int


class KeyFolder:
    """The keys whose files lie in `folder`, as they are at each moment. Files that are none are passed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[_Seen, ...] = ()
        self._holders: dict[str, KeyHolder] = {}

    def holders(self) -> tuple[KeyHolder, ...]:
        """Everybody who has a key or had one, by name. The folder is read again only where it has changed."""
        seen = self._look()
        if seen != self._seen:
            found = [(one.name, _read(self._folder / one.name, KeyHolder)) for one in seen[:MOST_KEYS]]
            self._seen = seen
            self._holders = {
                one.public: one for name, one in found if one is not None and name == f"{one.name}{_SUFFIX}"
            }
        return tuple(self._holders.values())

    def holder(self, public: str) -> KeyHolder | None:
        """Whose key it is, a revoked one too; None for one that is not known."""
        self.holders()
        return self._holders.get(public)

    def server(self) -> ServerKey | None:
        """The stage's own key; None where it has none yet."""
        return _read(self._folder / _SERVER, ServerKey)

    def make(self, name: str, role: Role) -> ClientKey:
        """Makes a key, and the stage's own if it has none. The secret half is nowhere but in what is returned.

        Raises FileExistsError for a name that has a key, ValueError for no name.
        """
        public, secret = (half.decode("ascii") for half in zmq.curve_keypair())
        try:
            holder = msgspec.convert({"name": name, "role": role, "public": public}, KeyHolder)
        except msgspec.ValidationError:
            raise ValueError(
                f"found the name {name!r}, expected 1 to 64 letters, digits, '.', '_' or '-', the first no sign"
            ) from None
        self._folder.mkdir(mode=_FOR_THE_USER_ALONE, parents=True, exist_ok=True)
        server = self.server() or self._make_server()
        revoked = {one.name for one in self.holders() if one.revoked}
        put_whole(self._folder / f"{name}{_SUFFIX}", msgspec.json.encode(holder), new=name not in revoked)
        return ClientKey(name=name, role=role, public=public, secret=secret, server=server.public)

    def revoke(self, name: str) -> bool:
        """Revokes a key. False where there is none of that name."""
        found = next((one for one in self.holders() if one.name == name and not one.revoked), None)
        if found is None:
            return False
        put_whole(self._folder / f"{name}{_SUFFIX}", msgspec.json.encode(msgspec.structs.replace(found, revoked=True)))
        return True

    def _make_server(self) -> ServerKey:
        public, secret = (half.decode("ascii") for half in zmq.curve_keypair())
        made = ServerKey(public=public, secret=secret)
        put_whole(self._folder / _SERVER, msgspec.json.encode(made), new=True)
        return made

    def _look(self) -> tuple[_Seen, ...]:
        try:
            with os.scandir(self._folder) as entries:
                found = [(one.name, one.stat()) for one in entries if one.name.endswith(_SUFFIX)]
        except OSError:
            return ()
        return tuple(sorted(_Seen(name, about.st_mtime_ns, about.st_size) for name, about in found))


def client_key(file: Path, server: str = "") -> ClientKey:
    """The key in a client's own file, for the stage whose public key is `server` where that is given.

    Raises ValueError where the file holds none, OSError where it cannot be read.
    """
    with open_ordinary(file) as stream:
        content = stream.read(_MOST_FILE_BYTES)
    try:
        key = msgspec.json.decode(content, type=ClientKey)
        return msgspec.structs.replace(key, server=server) if server else key
    except UNDECODABLE as error:
        raise ValueError(f"{file}: {error}, expected a key that `stage control keys add` wrote") from None


def _read(file: Path, kind: type[Kept]) -> Kept | None:
    try:
        with open_ordinary(file) as stream:
            return msgspec.json.decode(stream.read(_MOST_FILE_BYTES), type=kind)
    except (OSError, *UNDECODABLE):
        return None
