"""Passes requests of tablets and HTTP callers on to the stage, in the name of who asks, and waits for the answers."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections import Counter, defaultdict, deque
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import msgpack
import msgspec

from stage.control.calls import lower_role
from stage.control.patience import AGAIN_S, ANSWER_S, LONG_ANSWER_S, takes_long
from stage.control.wire import WIRE_COMMANDS, WireRequest, encode_request
from stage.panel.refusals import Refused
from stage.show.commands.table import action_of, kind_of, name_of
from tracking.settable import Role

HERE = "this machine"
MOST_OF_ONE = 64
MOST_IN_ALL = 512
MOST_BODY_BYTES = 64 * 1024
_LONGEST_ID = 128
_LOOKING = frozenset((one.request, one.action) for one in WIRE_COMMANDS if one.least_role == "viewer")


def _only_looks(request: WireRequest) -> bool:
    """Whether a request changes nothing: viewers may send it."""
    return (type(request), action_of(request)) in _LOOKING


class Caller(NamedTuple):
    """Who asks: the owner ("" is this machine without a key), what that is called, what it may do, and from where.

    `tablet` is its id where it is a paired tablet, which may be `locked`. `lost` is why its cookie is known no more.
    """

    owner: str
    person: str
    role: Role
    origin: str
    tablet: str = ""
    locked: bool = False
    lost: str = ""

    @property
    def route(self) -> str:
        """What its answers come back under: the same for all of its connections."""
        return hashlib.sha256(f"{self.owner}\n{self.origin}".encode()).hexdigest()[:32]


class Link(Protocol):
    """The way to the stage. Bodies are the wire's."""

    async def send(self, caller: Caller, body: bytes) -> None:
        """Sends a request in the name of a caller; waits while nobody takes it."""

    async def receive(self) -> tuple[str, bytes]:
        """The next answer, with the route of whom it is for."""


class Callers:
    """Asks the stage for others. All methods belong to the event loop's thread.

    `counts` has what was asked, what was not answered, and what was refused because too much waited.
    """

    def __init__(self, link: Link | None) -> None:
        self.counts: Counter[str] = Counter()
        self.newest = (0, -1)
        """Epoch and sequence number of the newest change that was answered."""
        self.answered_ns = 0
        """When the newest answer to a command came (monotonic)."""
        self._link = link
        self._waiting: dict[tuple[str, str | int], deque[asyncio.Future[dict[str, Any]]]] = defaultdict(deque)
        self._by_route: Counter[str] = Counter()
        self._boot = secrets.token_hex(6)
        self._number = 0

    @property
    def waiting(self) -> int:
        """The requests that wait for an answer."""
        return self._by_route.total()

    async def ask(self, caller: Caller, request: WireRequest, connection: str = "") -> dict[str, Any]:
        """The stage's answer to a request, under the id that it came with.

        `connection` is the caller's. Without a session, an id means something within its connection only. Raises
        Refused where too many wait, where the request is too long, or where no answer came. A tablet is one client
        over all of its pages, unless they name a session of their own.
        """
        if self._link is None:
            raise Refused("no_answer", "stage_silent", status=HTTPStatus.SERVICE_UNAVAILABLE)
        if caller.locked and not _only_looks(request):
            raise Refused("forbidden", "tablet_locked", name=caller.person, request=name_of(type(request)))
        body_id = self._own_id(request, connection)
        role = lower_role(caller.role, request.role or None)
        own = {"session": f"tablet-{caller.tablet}"} if caller.tablet and request.session is msgspec.UNSET else {}
        body = encode_request(msgspec.structs.replace(request, id=body_id, role=role, **own))
        if len(body) > MOST_BODY_BYTES:
            raise Refused("bad_message", "body_too_long", most=MOST_BODY_BYTES)
        if self._by_route[caller.route] >= MOST_OF_ONE or self.waiting >= MOST_IN_ALL:
            self.counts["busy"] += 1
            raise Refused("busy", "requests_waiting")
        self.counts["asked"] += 1
        answer = await self._answered(caller, body_id, body, request)
        if answer.get("type") == "ok":
            self.newest = max(self.newest, (int(answer["epoch"]), int(answer["seq"])))
            if kind_of(request) is not None:
                self.answered_ns = time.monotonic_ns()
        return {**answer, "id": request.id}

    async def receive(self) -> None:
        """Gives each answer to whoever waits for it, until it is cancelled."""
        assert self._link is not None
        while True:
            route, body = await self._link.receive()
            try:
                answer = msgpack.unpackb(body)
                waiting = self._waiting.get((route, answer["id"]))
            except (ValueError, TypeError, LookupError, msgpack.UnpackException):
                self.counts["answers_unreadable"] += 1
                continue
            if waiting:
                future = waiting.popleft()
                if not future.done():
                    future.set_result(answer)

    def _own_id(self, request: WireRequest, connection: str) -> str | int:
        """The id that a request is sent under: its own where a session says whose it is."""
        if request.session is not msgspec.UNSET:
            return request.id
        if not connection:
            self._number += 1
            return f"{self._boot}-{self._number}"
        own = f"{self._boot}-{connection}-{request.id!r}"
        return own if len(own) <= _LONGEST_ID else hashlib.sha256(own.encode()).hexdigest()

    async def _answered(self, caller: Caller, body_id: str | int, body: bytes, request: WireRequest) -> dict[str, Any]:
        """The answer. Commands are sent again after a while, since the stage remembers those that it has answered."""
        key = (caller.route, body_id)
        patience_s = LONG_ANSWER_S if takes_long(request) else ANSWER_S
        again_s = AGAIN_S if kind_of(request) is not None else None
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[key].append(future)
        self._by_route[caller.route] += 1
        try:
            async with asyncio.timeout(patience_s):
                assert self._link is not None
                while True:
                    await self._link.send(caller, body)
                    done, _ = await asyncio.wait({future}, timeout=again_s)
                    if done:
                        return future.result()
        except TimeoutError:
            self.counts["no_answer"] += 1
            raise Refused("no_answer", "stage_not_answering", seconds=patience_s) from None
        finally:
            self._leave(key, future)

    def _leave(self, key: tuple[str, str | int], future: asyncio.Future[dict[str, Any]]) -> None:
        waiting = self._waiting[key]
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            del self._waiting[key]
        self._by_route[key[0]] -= 1
        if not self._by_route[key[0]]:
            del self._by_route[key[0]]
