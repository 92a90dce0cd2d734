"""Who may come with a key: libzmq asks over ZAP (RFC 27, rfc.zeromq.org), once for each connection.

The domain of each connection is its own name, so every answer is about one connection and no other; no socket without a
domain is ever asked about, since those without a key are read by the gate itself.
"""

from __future__ import annotations

from typing import NamedTuple

import zmq
from zmq.utils import z85

from stage.gate.keys import KeyFolder, KeyHolder, ServerKey
from stage.gate.link import has_come
from stage.run.pipes import Context

_ENDPOINT = "inproc://zeromq.zap.01"
_VERSION, _MECHANISM = b"1.0", b"CURVE"
_PARTS_WITH_KEY = 7
_SHOWN = 8


class Refusal(NamedTuple):
    """Why a key is refused, a word, and whose it was, or its beginning."""

    cause: str
    who: str


class Authentication:
    """Answers for the connections of one context, from the keys in a folder."""

    def __init__(self, context: Context, keys: KeyFolder) -> None:
        self.context = context
        self._keys = keys
        self._questions = context.socket(zmq.REP)
        self._questions.setsockopt(zmq.LINGER, 0)
        self._questions.bind(_ENDPOINT)
        self._found: dict[str, KeyHolder | Refusal] = {}

    @property
    def descriptor(self) -> int:
        """What to poll: there may be a question."""
        return int(self._questions.getsockopt(zmq.FD))

    def server(self) -> ServerKey | None:
        """The stage's own key; None where nobody has a key for this stage."""
        return self._keys.server()

    def answer(self) -> bool:
        """Answers the questions that have come. Returns whether there was one."""
        asked = False
        while has_come(self._questions):
            asked = True
            self._questions.send_multipart(self._answer(self._questions.recv_multipart(zmq.NOBLOCK)))
        return asked

    def found(self, connection: str) -> KeyHolder | Refusal | None:
        """Whose key a connection came with, as long as that is known; why it is refused; or None until it is asked."""
        found = self._found.get(connection)
        if not isinstance(found, KeyHolder):
            return found
        now = self._keys.holder(found.public)
        return now if now is not None and not now.revoked else Refusal("revoked_key", found.name)

    def forget(self, connection: str) -> None:
        """A connection is gone."""
        self._found.pop(connection, None)

    def _answer(self, question: list[bytes]) -> list[bytes]:
        request = question[1] if len(question) > 1 else b""
        refused = [_VERSION, request, b"400", b"key", b"", b""]
        if len(question) != _PARTS_WITH_KEY or question[0] != _VERSION or question[5] != _MECHANISM:
            return refused
        try:
            connection, public = question[2].decode("ascii"), z85.encode(question[6]).decode("ascii")
        except ValueError:
            return refused
        holder = self._keys.holder(public)
        if holder is None or holder.revoked:
            unknown = Refusal("unknown_key", public[:_SHOWN])
            self._found[connection] = unknown if holder is None else Refusal("revoked_key", holder.name)
            return refused
        self._found[connection] = holder
        return [_VERSION, request, b"200", b"", holder.name.encode(), b""]
