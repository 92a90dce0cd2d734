"""The keys (CURVE) of clients: each has a name and a role, in a file of its own; and the key of the stage itself.

Only the public half of a client's key is kept. Every file can be read by this user alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import zmq

from stage.gate.holder_files import MOST_FILE_BYTES, Holder, HolderFiles, HolderName, read_record
from stage.run.whole_files import put_whole
from tracking.records import UNDECODABLE, Record
from tracking.settable import Role
from tracking.sources.ordinary_files import open_ordinary

KeyText = Annotated[str, msgspec.Meta(min_length=40, max_length=40)]
"""A key in the 40 characters of Z85 (RFC 32, rfc.zeromq.org)."""
MOST_KEYS = 256
_SERVER = "server-key.json"


class KeyHolder(Holder):
    """Whom a key was made for, what it may do, and its public half."""

    public: KeyText


class ServerKey(Record):
    """The stage's own key: clients know its public half, and so that they speak with this stage."""

    public: KeyText
    secret: KeyText


class ClientKey(Record):
    """What a client needs: its own key, and the public half of the stage's."""

    name: HolderName
    role: Role
    public: KeyText
    secret: KeyText
    server: KeyText


class KeyFolder:
    """The keys whose files lie in `folder`, as they are at each moment. Files that are none are passed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = HolderFiles(folder, ".curve.json", KeyHolder, MOST_KEYS)
        self._sorted: tuple[KeyHolder, ...] = ()
        self._by_key: dict[str, KeyHolder] = {}

    def holders(self) -> tuple[KeyHolder, ...]:
        """Everybody who has a key or had one, by name."""
        return self._files.all()

    def holder(self, public: str) -> KeyHolder | None:
        """Whose key it is, a revoked one too; None for one that is not known."""
        holders = self.holders()
        if holders is not self._sorted:
            self._sorted, self._by_key = holders, {one.public: one for one in holders}
        return self._by_key.get(public)

    def server(self) -> ServerKey | None:
        """The stage's own key; None where it has none yet."""
        return read_record(self._folder / _SERVER, ServerKey)

    def make(self, name: str, role: Role) -> ClientKey:
        """Makes a key, and the stage's own if it has none. The secret half is nowhere but in what is returned.

        Raises FileExistsError for a name that has a key, ValueError for no name.
        """
        public, secret = _new_pair()
        holder = self._files.holder_of(name, role, public=public)
        self._files.make_folder()
        server = self.server() or self._make_server()
        self._files.keep(holder)
        return ClientKey(name=name, role=role, public=public, secret=secret, server=server.public)

    def revoke(self, name: str) -> bool:
        """Revokes a key. False where there is none of that name."""
        return self._files.revoke(name)

    def _make_server(self) -> ServerKey:
        public, secret = _new_pair()
        made = ServerKey(public=public, secret=secret)
        put_whole(self._folder / _SERVER, msgspec.json.encode(made), new=True)
        return made


def client_key(file: Path, server: str = "") -> ClientKey:
    """The key in a client's own file, for the stage whose public key is `server` where that is given.

    Raises ValueError where the file holds none, OSError where it cannot be read.
    """
    with open_ordinary(file) as stream:
        content = stream.read(MOST_FILE_BYTES)
    try:
        key = msgspec.json.decode(content, type=ClientKey)
        return msgspec.structs.replace(key, server=server) if server else key
    except UNDECODABLE as error:
        raise ValueError(f"{file}: {error}, expected a key that `stage control keys add` wrote") from None


def _new_pair() -> tuple[str, str]:
    public, secret = zmq.curve_keypair()
    return public.decode("ascii"), secret.decode("ascii")
