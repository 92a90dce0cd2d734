"""Who may come in: names of this machine, pages of this server, methods, and the credential that a request carries.

A page of another server can have a browser send requests to this one. It is kept out by its origin, by the host that
it must name (a foreign name may be made to lead here), and by a content type that only scripts of this origin can send.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import time
from collections import Counter
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from stage.config.addresses import is_loopback
from stage.panel.callers import HERE, Caller
from stage.panel.refusals import Refused, refused_answer
from stage.run.terminal import print_notice
from stage.words.sentences import refusal_line
from tracking.settable import Role

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_LOCAL_NAMES = ("localhost", "localhost.localdomain")
_SHOWN = 80
_SAYS_EVERY_S = 10.0


class Holder(Protocol):
    """Whoever a bearer token was made for."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def revoked(self) -> bool: ...


class Tokens(Protocol):
    """The bearer tokens that are known."""

    def holder(self, token: str) -> Holder | None:
        """Whose token it is, a revoked one too; None for one that is not known."""


class _NoTokens:
    def holder(self, token: str) -> None:
        """Nobody's."""


NO_TOKENS: Tokens = _NoTokens()
"""Where nobody has a token."""


class Admission:
    """Refuses what must not come in, and gives every other request its `caller`. Counts refusals by reason."""

    def __init__(self, app: ASGIApp, tokens: Tokens, counts: Counter[str]) -> None:
        self._app = app
        self._tokens = tokens
        self._counts = counts
        self._names = own_names()
        self._said_s = -math.inf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_head(scope, self._names)
            scope.setdefault("state", {})["caller"] = caller_of(scope, self._tokens)
        except Refused as refused:
            self._counts[refused.refusal.reason] += 1
            if refused.status == HTTPStatus.UNAUTHORIZED:
                self._say(scope, refused)
            await refused_answer(scope, refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _say(self, scope: Scope, refused: Refused) -> None:
        """Tells the user whose token was refused, a line in ten seconds at most."""
        now_s = time.monotonic()
        if now_s - self._said_s > _SAYS_EVERY_S:
            self._said_s = now_s
            origin = scope["client"][0] if scope["client"] else "an unknown address"
            print_notice(f"{origin}: {refusal_line(refused.refusal)}")


def own_names() -> frozenset[str]:
    """The names by which this machine may be asked for: its host name, alone and as multicast DNS has it."""
    name = socket.gethostname().lower()
    return frozenset({name, name.partition(".")[0], f"{name.partition('.')[0]}.local"} - {""})


def check_head(scope: Scope, names: frozenset[str]) -> None:
    """Raises Refused for a foreign host or origin, a path that is none, or another method."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not _is_own(host, scope["server"][0], names):
        raise Refused("forbidden", "foreign_host", found=host[:_SHOWN])
    origin = headers.get("origin")
    if origin is not None and not _is_same(origin, host):
        raise Refused("forbidden", "foreign_origin", found=origin[:_SHOWN])
    if not str(scope["path"]).startswith("/"):
        raise Refused("bad_message", "address_not_valid", found=str(scope["path"])[:_SHOWN])
    if scope["type"] == "http" and scope["method"] not in METHODS:
        raise wrong_method(str(scope["method"])[:_SHOWN], METHODS)


def wrong_method(found: str, allowed: tuple[str, ...]) -> Refused:
    """A method that an address does not have."""
    words = ", ".join(allowed)
    return Refused(
        "bad_message",
        "wrong_method",
        status=HTTPStatus.METHOD_NOT_ALLOWED,
        headers={"Allow": words},
        found=found,
        allowed=words,
    )


def caller_of(scope: Scope, tokens: Tokens) -> Caller:
    """Who asks: the holder of its token; without one this machine, or a viewer from beyond it. Raises Refused."""
    address = scope["client"][0] if scope["client"] else ""
    here = is_loopback(address)
    origin = HERE if here else address
    authorization = Headers(scope=scope).get("authorization")
    if authorization is None:
        return Caller("", "", "admin", origin) if here else Caller(f"http:{address}", "", "viewer", origin)
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer":
        raise _unauthorized("not_a_bearer")
    holder = tokens.holder(token.strip())
    if holder is None:
        raise _unauthorized("no_such_token")
    if holder.revoked:
        raise _unauthorized("token_revoked", name=holder.name)
    return Caller(f"token:{holder.name}", holder.name, holder.role, origin, token.strip())


def _unauthorized(reason: str, **values: str) -> Refused:
    headers = {"WWW-Authenticate": "Bearer"}
    return Refused("forbidden", reason, status=HTTPStatus.UNAUTHORIZED, headers=headers, **values)


def _is_own(host: str, arrived_at: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine: by the address that the connection came to, or by a name of its own."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        urlsplit(f"//{host}").port  # noqa: B018 - raises ValueError
    except ValueError:
        return False
    if name in names or (name in _LOCAL_NAMES and is_loopback(arrived_at)):
        return True
    try:
        address, at = ipaddress.ip_address(name), ipaddress.ip_address(arrived_at)
    except ValueError:
        return False
    return address == at or (address.is_loopback and at.is_loopback)


def _is_same(origin: str, host: str) -> bool:
    """Whether an Origin header is that of this server's own pages."""
    scheme, _, rest = origin.lower().partition("://")
    return scheme in ("http", "https") and rest == host.lower()
