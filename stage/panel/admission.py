"""Who may come in: names of this machine, pages of this server, methods, and the credential that a request carries.

A page of another server can have a browser send requests to this one. It is kept out by its origin, by the host that
it must name (a foreign name may be made to lead here), and by a content type that only scripts of this origin can send.
"""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from http import HTTPStatus
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from stage.config.addresses import is_loopback
from stage.control.keys.tablets import Tablet
from stage.panel.access_log import AccessLog
from stage.panel.callers import HERE, Caller
from stage.panel.presence import Presence
from stage.panel.refusals import Refused, refused_answer
from tracking.settable import ROLES, Role

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_LOCAL_NAMES = ("localhost", "localhost.localdomain")
_SHOWN = 80
_CARRIED_S = 365 * 24 * 3600
_FOR_THE_KNOWN = ("/api/", "/preview/", "/metrics")
_FOR_ALL = ("/api/v1/me", "/api/v1/pair")
_WORDS = "/api/v1/words/"


class Holder(Protocol):
    """Whoever a bearer token was made for."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def revoked(self) -> bool: ...


class HolderOfToken(Protocol):
    """The bearer tokens that are known."""

    def holder(self, token: str) -> Holder | None:
        """Whose token it is, a revoked one too; None for one that is not known."""


class CarrierOfCookie(Protocol):
    """The tablets that are paired."""

    def carrier(self, cookie: str) -> Tablet | None:
        """The tablet that carries a cookie, a revoked one too; None for one that nobody was given."""


class Tokens(NamedTuple):
    """Everything by which somebody is known: bearer tokens and the cookies of tablets."""

    bearers: HolderOfToken | None = None
    tablets: CarrierOfCookie | None = None

    def holder(self, token: str) -> Holder | None:
        """Whose token it is, a revoked one too; None for one that is not known."""
        return None if self.bearers is None else self.bearers.holder(token)

    def carrier(self, cookie: str) -> Tablet | None:
        """The tablet that carries a cookie, a revoked one too; None for one that nobody was given."""
        return None if self.tablets is None else self.tablets.carrier(cookie)


class Admission:
    """Refuses what must not come in, and gives every other request its `caller`. Counts refusals by reason.

    `presence` knows of what tablets have open, `log` of who was refused.
    """

    def __init__(self, app: ASGIApp, tokens: Tokens, counts: Counter[str], presence: Presence, log: AccessLog) -> None:
        self._app = app
        self._tokens = tokens
        self._counts = counts
        self._presence = presence
        self._log = log
        self._names = own_names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_head(scope, self._names)
            caller = caller_of(scope, self._tokens)
        except Refused as refused:
            self._counts[refused.refusal.reason] += 1
            if refused.refusal.code == "forbidden":
                found = refused.refusal
                self._log.refusal(found.reason, address_of(scope), **{"path": scope["path"], **found.values})
            await refused_answer(scope, refused)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        work = self._app(scope, receive, send)
        await (self._presence.serve(caller.owner, scope, send, work) if caller.tablet else work)


def address_of(scope: Scope) -> str:
    """The address that a request comes from; "" where the system does not say."""
    return str(scope["client"][0]) if scope["client"] else ""


def cookie_name(scope: Scope) -> str:
    """What the cookie of a tablet is called: browsers keep one for all servers of a machine, whatever their ports."""
    return f"openstage-{scope['server'][1]}"


def cookie_header(scope: Scope, cookie: str) -> str:
    """The header field that has a browser carry a cookie, or drop it where that is "".

    No script can read it. It is only sent with what this server's own pages ask for, and where somebody opens one by
    an address or a bookmark: the code of a QR link is read by the page, so that no link needs to bring the cookie.
    """
    age_s = _CARRIED_S if cookie else 0
    return f"{cookie_name(scope)}={cookie}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict"


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
    for origin in headers.getlist("origin"):  # a browser sends one; another program may have added its own
        if not _is_same(origin, host):
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
    """Who asks: a token's holder, or the tablet that carries a cookie; else this machine, or a viewer from beyond it.

    Raises Refused. With a cookie that is known no more, what a new pairing needs is still served, as to a stranger.
    """
    address, headers = address_of(scope), Headers(scope=scope)
    here = is_loopback(address)
    origin = HERE if here else address
    stranger = Caller(f"http:{address}", "", "viewer", origin)
    authorization = headers.get("authorization")
    if authorization is not None:
        return _holder(authorization, tokens, origin)
    cookie = cookie_parser(headers.get("cookie", "")).get(cookie_name(scope), "")
    if not cookie:
        return Caller("", "", "admin", origin) if here else stranger
    tablet = tokens.carrier(cookie)
    if tablet is None or tablet.revoked:
        reason = "tablet_unknown" if tablet is None else "tablet_revoked"
        if _needs_tablet(scope):
            dropped = {"Set-Cookie": cookie_header(scope, "")}
            values = {} if tablet is None else {"name": tablet.name}
            raise Refused("forbidden", reason, status=HTTPStatus.UNAUTHORIZED, headers=dropped, **values)
        return stranger._replace(lost=reason)
    return Caller(tablet.owner, tablet.name, tablet.role, origin, tablet=tablet.id, locked=tablet.lock is not None)


def needs(request: Request, role: Role) -> Caller:
    """Who asks. Raises Refused where that is less than `role`, or a tablet that is locked."""
    caller: Caller = request.state.caller
    if caller.locked:
        raise Refused("forbidden", "tablet_locked", name=caller.person)
    if ROLES.index(caller.role) < ROLES.index(role):
        raise Refused("forbidden", "needs_role", needed=role, role=caller.role)
    return caller


def _holder(authorization: str, tokens: Tokens, origin: str) -> Caller:
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer":
        raise _unauthorized("not_a_bearer")
    holder = tokens.holder(token.strip())
    if holder is None:
        raise _unauthorized("no_such_token")
    if holder.revoked:
        raise _unauthorized("token_revoked", name=holder.name)
    return Caller(f"token:{holder.name}", holder.name, holder.role, origin)


def _needs_tablet(scope: Scope) -> bool:
    """Whether an address is for those who are known; the others are pages, their files and words, and pairing."""
    path = str(scope["path"])
    return path.startswith(_FOR_THE_KNOWN) and path not in _FOR_ALL and not path.startswith(_WORDS)


def _unauthorized(reason: str, **values: str) -> Refused:
    headers = {"WWW-Authenticate": "Bearer"}
    return Refused("forbidden", reason, status=HTTPStatus.UNAUTHORIZED, headers=headers, **values)


def _is_own(host: str, arrived_at: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine: by the address that the connection came to, or by a name of its own."""
    try:
        name = (
            "" if "@" in host else urlsplit(f"//{host}").hostname or ""
        )  # a Host header names no user (RFC 9110, 7.2)
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
    """Whether an Origin header is that of this server's own pages.

    They come by plain HTTP (RFC 6454, section 4: another scheme is another origin). A page of the same host by HTTPS
    belongs to another server of this machine, or to one that has put itself between.
    """
    return origin.lower() == f"http://{host.lower()}"
