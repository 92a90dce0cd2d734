"""Who a tablet is, over HTTP: pairing by a code, the list of tablets, and the lock of one that was left on a chair."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.control.keys.tablets import LONGEST_NAME, Tablet, TabletFile, TabletRole, TabletsTakenError
from stage.panel.access_log import AccessLog
from stage.panel.admission import address_of, cookie_header, needs
from stage.panel.api import json_body
from stage.panel.callers import HERE, Caller
from stage.panel.guessing import MOST_PIN_DIGITS, MOST_WRONG, Tries, is_pin, locked_with, opens, refuse_worn
from stage.panel.pairing_codes import PairingCodes
from stage.panel.pairing_link import pairing_link, qr_svg
from stage.panel.presence import Presence
from stage.panel.refusals import Refused, json_answer
from stage.panel.word_requests import chosen_language
from tracking.records import Record
from tracking.system_faults import said_by_system

_LONGEST_TEXT = 4 * LONGEST_NAME

Found = TypeVar("Found")


class PairBody(Record):
    """What a tablet sends to be paired: the code that it was shown, and what it is to be called."""

    code: str
    name: str = ""


class CodeBody(Record):
    """What the tablet will be that comes with the new code."""

    role: TabletRole = "director"


class TabletBody(Record):
    """What becomes of a tablet: a name, a role, revoked, or its lock opened."""

    id: str
    rename: str | msgspec.UnsetType = msgspec.UNSET
    role: TabletRole | msgspec.UnsetType = msgspec.UNSET
    revoke: bool = False
    unlock: bool = False


class PinBody(Record):
    """A PIN."""

    pin: str


class TabletRequests:
    """Answers `/api/v1/me`, `/api/v1/pair`, `/api/v1/pair/code`, `/api/v1/tablets`, `/api/v1/lock`, `/api/v1/unlock`.

    `page_url` is the address of this server as tablets reach it.
    """

    def __init__(
        self, tablets: TabletFile, codes: PairingCodes, presence: Presence, log: AccessLog, page_url: Callable[[], str]
    ) -> None:
        self._tablets = tablets
        self._codes = codes
        self._presence = presence
        self._log = log
        self._page_url = page_url
        self._pins = Tries("pin_too_often")

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        return [
            Route("/api/v1/me", self._me, methods=["GET"]),
            Route("/api/v1/pair", self._pair, methods=["POST"]),
            Route("/api/v1/pair/code", self._code, methods=["POST"]),
            Route("/api/v1/tablets", self._list, methods=["GET"]),
            Route("/api/v1/tablets", self._change, methods=["POST"]),
            Route("/api/v1/lock", self._lock, methods=["POST"]),
            Route("/api/v1/unlock", self._unlock, methods=["POST"]),
        ]

    async def _me(self, request: Request) -> Response:
        """Who asks. A cookie that is known no more is dropped, with the reason once in `lost`."""
        caller: Caller = request.state.caller
        headers = {"Set-Cookie": cookie_header(request.scope, "")} if caller.lost else {}
        return json_answer(_about(caller, request), headers=headers)

    async def _pair(self, request: Request) -> Response:
        """Pairs whoever knows a code. A tablet that is paired already is so anew, and no longer what it was."""
        caller: Caller = request.state.caller
        body, address = await _read(request, PairBody), address_of(request.scope)
        role = self._codes.use(body.code, address)
        try:
            tablet, cookie = await _on_thread(
                lambda: self._tablets.pair(body.name[:_LONGEST_TEXT], role, address, instead_of=caller.tablet)
            )
        except TabletsTakenError:
            raise Refused("conflict", "tablets_taken") from None
        if caller.tablet:
            self._presence.end(caller.owner)
        self._log.note("tablet_paired", address, name=tablet.name, role=tablet.role, id=tablet.id)
        answer = {"person": tablet.name, "role": tablet.role, "tablet": tablet.id, "paired": True}
        return json_answer(answer, headers={"Set-Cookie": cookie_header(request.scope, cookie)})

    async def _code(self, request: Request) -> Response:
        caller = needs(request, "operator")
        body = await _read(request, CodeBody)
        made = self._codes.make(body.role)
        self._log.note("code_made", caller.origin, role=body.role, person=caller.person)
        # From elsewhere, the address that was asked is one that tablets reach as well.
        page_url = self._page_url() if caller.origin == HERE else f"http://{request.headers['host']}"
        url = pairing_link(page_url, made.digits)
        left_s = self._codes.left_s(made)
        return json_answer(
            {"code": made.digits, "url": url, "role": made.role, "expires_s": left_s, "qr_svg": qr_svg(url)}
        )

    async def _list(self, request: Request) -> Response:
        needs(request, "operator")
        tablets = [self._shown(one) for one in self._tablets.tablets()]
        codes = [{"role": one.role, "expires_s": self._codes.left_s(one)} for one in self._codes.waiting()]
        return json_answer({"tablets": tablets, "codes": codes, "log": self._log.lately()})

    async def _change(self, request: Request) -> Response:
        caller = needs(request, "operator")
        body = await _read(request, TabletBody)
        fields: dict[str, Any] = {}
        if body.rename is not msgspec.UNSET:
            fields["name"] = body.rename[:_LONGEST_TEXT]
        if body.role is not msgspec.UNSET:
            fields["role"] = body.role
        if body.revoke:
            fields["revoked"] = True
        if body.unlock:
            fields["lock"] = None
        if not fields:
            raise Refused("bad_message", "nothing_to_change")
        before = self._tablets.find(body.id)
        tablet = await self._changed(body.id, **fields)
        if tablet is None or before is None:
            raise Refused("unknown_path", "no_such_tablet", found=body.id[:80])
        if tablet.revoked:
            self._presence.end(tablet.owner)
        what = {
            "tablet_was_revoked": body.revoke,
            "tablet_renamed": tablet.name != before.name,
            "tablet_role": tablet.role != before.role,
            "tablet_unlocked": before.lock is not None and tablet.lock is None,
        }
        for code in (code for code, is_so in what.items() if is_so):
            self._log.note(
                code, caller.origin, name=before.name, now=tablet.name, role=tablet.role, person=caller.person
            )
        return json_answer({"tablet": self._shown(tablet)})

    async def _lock(self, request: Request) -> Response:
        """Locks the tablet that asks, with the PIN that opens it again."""
        caller = _tablet_of(request)
        body = await _read(request, PinBody)
        if caller.locked:
            raise Refused("forbidden", "tablet_locked", name=caller.person)
        if not is_pin(body.pin):
            raise Refused("bad_message", "not_a_pin", most=MOST_PIN_DIGITS)
        lock = await _on_thread(lambda: locked_with(body.pin))
        await self._changed(caller.tablet, lock=lock)
        self._log.note("tablet_was_locked", caller.origin, name=caller.person)
        return json_answer(_about(caller._replace(locked=True), request))

    async def _unlock(self, request: Request) -> Response:
        """Opens the lock of the tablet that asks."""
        caller = _tablet_of(request)
        body = await _read(request, PinBody)
        tablet = self._tablets.find(caller.tablet)
        if tablet is not None and tablet.lock is not None:
            lock = tablet.lock
            refuse_worn(lock)
            self._pins.count(tablet.id)
            if not await _on_thread(lambda: opens(lock, body.pin)):
                await self._changed(tablet.id, lock=msgspec.structs.replace(lock, wrong=lock.wrong + 1))
                raise Refused("forbidden", "pin_wrong", left=MOST_WRONG - lock.wrong - 1)
            await self._changed(tablet.id, lock=None)
            self._log.note("tablet_unlocked", caller.origin, name=caller.person, now=caller.person, person="")
        return json_answer(_about(caller._replace(locked=False), request))

    async def _changed(self, tablet_id: str, **fields: Any) -> Tablet | None:
        return await _on_thread(lambda: self._tablets.change(tablet_id, **fields))

    def _shown(self, tablet: Tablet) -> dict[str, Any]:
        """A tablet as operators see it."""
        return {
            "id": tablet.id,
            "name": tablet.name,
            "role": tablet.role,
            "address": tablet.address,
            "paired_unix_s": tablet.paired_unix_s,
            "seen_s": self._presence.silent_s(tablet.owner),
            "connected": self._presence.sockets(tablet.owner) > 0,
            "locked": tablet.lock is not None,
            "revoked": tablet.revoked,
        }


def _about(caller: Caller, request: Request) -> dict[str, Any]:
    return {
        "person": caller.person,
        "role": caller.role,
        "tablet": caller.tablet or None,
        "paired": bool(caller.tablet),
        "here": caller.origin == HERE,
        "language": chosen_language(request),
        "locked": caller.locked,
        "lost": caller.lost or None,
    }


def _tablet_of(request: Request) -> Caller:
    """The tablet that asks. Raises Refused for anybody else."""
    caller: Caller = request.state.caller
    if not caller.tablet:
        raise Refused("forbidden", "not_a_tablet")
    return caller


async def _read(request: Request, form: type[Found]) -> Found:
    """The body as a record. Raises Refused for anything else."""
    body = await json_body(request)
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused("bad_message", "not_a_request", found=str(error)[:160]) from None


async def _on_thread(work: Callable[[], Found]) -> Found:
    """What touches the disk, beside the loop. Raises Refused where the disk does not take it."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        status = HTTPStatus.INSUFFICIENT_STORAGE
        file, found = str(error.filename or ""), said_by_system(error)
        raise Refused("busy", "tablets_not_kept", status=status, file=file, found=found) from None
