"""Bearer tokens for HTTP: each has a name and a role, in a file of its own that holds the token's hash.

A token is 256 random bits, so a plain SHA-256 of it tells nothing. It is printed once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Annotated

import msgspec

from stage.gate.holder_files import Holder, HolderFiles
from tracking.settable import Role

MOST_TOKENS = 256
_MOST_TOKEN_CHARACTERS = 256


class TokenHolder(Holder):
    """Whom a token was made for, what it may do, and the token's hash, in hex digits."""

    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class TokenFolder:
    """The tokens whose files lie in `folder`, as they are at each moment. Files that are none are passed over."""

    def __init__(self, folder: Path) -> None:
        self._files = HolderFiles(folder, ".http.json", TokenHolder, MOST_TOKENS)

    def holders(self) -> tuple[TokenHolder, ...]:
        """Everybody who has a token or had one, by name."""
        return self._files.all()

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
        self._files.keep(self._files.holder_of(name, role, sha256=_hash_of(token)))
        return token

    def revoke(self, name: str) -> bool:
        """Revokes a token. False where there is none of that name."""
        return self._files.revoke(name)


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
