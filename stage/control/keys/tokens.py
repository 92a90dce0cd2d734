"""Bearer tokens for HTTP: each has a name and a role, in a file of its own that holds the token's hash.

A token is 256 random bits, so a plain SHA-256 of it tells nothing. It is printed once, when it is made. Files may come,
change and go while the stage runs, which takes effect at once.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Annotated

import msgspec

from stage.run.whole_files import put_whole
from tracking.records import UNDECODABLE, Record
from tracking.settable import Role
from tracking.sources.ordinary_files import open_ordinary

KeyName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
MOST_TOKENS = 256
_SUFFIX = ".http.json"
_MOST_FILE_BYTES = 4096
_MOST_TOKEN_CHARACTERS = 256
_FOR_THE_USER_ALONE = 0o700


class TokenHolder(Record):
    """Whom a token was made for, and what it may do. A revoked one is kept, so that it can be named.

    `sha256` is the token's hash, in hex digits.
    """

    name: KeyName
    role: Role
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    revoked: bool = False


class TokenFolder:
    """The tokens whose files lie in `folder`, as they are at each moment. Files that are none are passed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._holders: tuple[TokenHolder, ...] = ()

    def holders(self) -> tuple[TokenHolder, ...]:
        """Everybody who has a token or had one, by name. The folder is read again only where it has changed."""
        seen = self._look()
        if seen != self._seen:
            found = (_read(self._folder / name) for name, _, _ in seen[:MOST_TOKENS])
            self._holders, self._seen = tuple(one for one in found if one is not None), seen
        return self._holders

    def holder(self, token: str) -> TokenHolder | None:
        """Whose token it is, a revoked one too; None for one that is not known.

        Every hash is compared, in constant time.
        """
        given = _hash_of(token[:_MOST_TOKEN_CHARACTERS])
        found = [one for one in self.holders() if hmac.compare_digest(one.sha256, given)]
        return found[0] if found else None

    def make(self, name: str, role: Role) -> str:
        """Makes a token and keeps its hash. Raises FileExistsError for a name that has one, ValueError for no name."""
        token = secrets.token_urlsafe(32)
        fields = {"name": name, "role": role, "sha256": _hash_of(token)}
        try:
            holder = msgspec.convert(fields, TokenHolder)
        except msgspec.ValidationError:
            raise ValueError(
                f"found the name {name!r}, expected 1 to 64 letters, digits, '.', '_' or '-', the first no sign"
            ) from None
        self._folder.mkdir(mode=_FOR_THE_USER_ALONE, parents=True, exist_ok=True)
        revoked = {one.name for one in self.holders() if one.revoked}
        put_whole(self._folder / f"{name}{_SUFFIX}", msgspec.json.encode(holder), new=name not in revoked)
        return token

    def revoke(self, name: str) -> bool:
        """Revokes a token. False where there is none of that name."""
        found = next((one for one in self.holders() if one.name == name and not one.revoked), None)
        if found is None:
            return False
        put_whole(self._folder / f"{name}{_SUFFIX}", msgspec.json.encode(msgspec.structs.replace(found, revoked=True)))
        return True

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        try:
            with os.scandir(self._folder) as entries:
                found = [(one.name, one.stat()) for one in entries if one.name.endswith(_SUFFIX)]
        except OSError:
            return ()
        return tuple(sorted((name, about.st_mtime_ns, about.st_size) for name, about in found))


def _read(file: Path) -> TokenHolder | None:
    """The holder in a file; None where it holds none, or another one than its name says."""
    try:
        with open_ordinary(file) as stream:
            holder = msgspec.json.decode(stream.read(_MOST_FILE_BYTES), type=TokenHolder)
    except (OSError, *UNDECODABLE):
        return None
    return holder if file.name == f"{holder.name}{_SUFFIX}" else None


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
