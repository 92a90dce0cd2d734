"""Pictures from a tablet: a file that is sent whole becomes a world of the library, which the stage lists at once."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from render.worlds.shared.formats import FORMATS
from stage.assets.folder_add import UnaddableError
from stage.panel.access_log import AccessLog
from stage.panel.admission import needs
from stage.panel.arrivals import (
    LEFT_FREE_BYTES,
    MOST_BYTES,
    Arrivals,
    Arriving,
    NoPictureError,
    NoRoomError,
    TooLongError,
)
from stage.panel.callers import Caller
from stage.panel.refusals import Refused, json_answer
from stage.run.disk import MEGABYTE
from stage.values.parameters import Refusal
from tracking.system_faults import said_by_system

MOST_AT_ONCE = 3
"""Files that arrive at the same time; each is one thread and one disk that takes may need."""
WITHIN_S = 1800.0
_PIECE_BYTES = 1 << 20
_KINDS = ", ".join(one.name for one in FORMATS)
_LONGEST_NAME = 1024
_OF_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_DRAINED_BYTES = 8 << 20
_DRAINS_S = 1.0

Found = TypeVar("Found")


class LibraryRequests:
    """Answers POST of `/api/v1/library?name=FILE`, whose body is the file. Without `arrivals` there is no library."""

    def __init__(self, arrivals: Arrivals | None, log: AccessLog) -> None:
        self._arrivals = arrivals
        self._log = log
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "library")
        self.under_way = 0

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here."""
        return [Route("/api/v1/library", self._put, methods=["POST"])]

    def sweep(self) -> None:
        """Removes what a killed web process has left."""
        if self._arrivals is not None:
            self._threads.submit(self._arrivals.sweep)

    def close(self) -> None:
        """Ends the threads, soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _put(self, request: Request) -> Response:
        caller: Caller = request.state.caller
        try:
            arrivals, name, size = self._admitted(request)
            self.under_way += 1
            try:
                file, count = await self._received(request, arrivals, name, size)
            finally:
                self.under_way -= 1
        except Refused as refused:
            if refused.refusal.code != "forbidden":
                found = {"person": caller.person, "name": request.query_params.get("name", "")}
                self._log.refusal(refused.refusal.reason, caller.origin, **{**found, **refused.refusal.values})
            await _drain(request)
            raise
        self._log.note("picture_added", caller.origin, name=file, mb=round(count / MEGABYTE, 1), person=caller.person)
        return json_answer({"ok": True, "file": file})

    def _admitted(self, request: Request) -> tuple[Arrivals, str, int | None]:
        """Where a file goes, its name and its size in bytes. Raises Refused before any of it is read."""
        needs(request, "director")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in _OF_FORMS:
            raise Refused("bad_message", "form_content", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, found=kind)
        if self._arrivals is None:
            raise Refused("conflict", "page_without_library")
        if self.under_way >= MOST_AT_ONCE:
            raise Refused("busy", "library_busy", most=MOST_AT_ONCE)
        name = unicodedata.normalize("NFC", request.query_params.get("name", "")[:_LONGEST_NAME])
        length = request.headers.get("content-length")
        return self._arrivals, name, int(length) if length is not None and length.isdecimal() else None

    async def _received(self, request: Request, arrivals: Arrivals, name: str, size: int | None) -> tuple[str, int]:
        """The name that the file has in the library, and its bytes. Raises Refused; then nothing is left of it."""
        arriving = await self._on_disk(lambda: arrivals.begin(name, size))
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._write(request, arriving)
                return await self._on_disk(arriving.finish), arriving.size
        except TimeoutError:
            raise Refused(
                "bad_message", "request_too_slow", status=HTTPStatus.REQUEST_TIMEOUT, seconds=WITHIN_S
            ) from None
        except ClientDisconnect:
            raise Refused("bad_message", "file_cut_off") from None
        finally:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, arriving.close))

    async def _write(self, request: Request, arriving: Arriving) -> None:
        waiting = bytearray()
        async for part in request.stream():
            waiting += part
            if len(waiting) >= _PIECE_BYTES:
                piece, waiting = bytes(waiting), bytearray()
                await self._on_disk(lambda: arriving.add(piece))  # noqa: B023 - it is waited for
        await self._on_disk(lambda: arriving.add(bytes(waiting)))

    async def _on_disk(self, work: Callable[[], Found]) -> Found:
        """What waits for the disk, beside the loop. Raises Refused with the reason that a user can act on."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TooLongError:
            status, most = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, MOST_BYTES // (1 << 20)
            raise Refused("bad_message", "file_too_long", status=status, most_mib=most) from None
        except NoPictureError:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            raise Refused("bad_message", "file_no_picture", status=status, kinds=_KINDS) from None
        except NoRoomError as error:
            raise _no_room(error.free_mb) from None
        except UnaddableError as error:
            refusal = Refusal(code="bad_message", reason=error.cause.code, values=error.cause.values)
            raise Refused.of(refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY) from None
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _no_room(0) from None
            status = HTTPStatus.INSUFFICIENT_STORAGE
            raise Refused("busy", "library_away", status=status, found=said_by_system(error)) from None


def _no_room(free_mb: int) -> Refused:
    least = LEFT_FREE_BYTES // MEGABYTE
    return Refused("busy", "library_full", status=HTTPStatus.INSUFFICIENT_STORAGE, free_mb=free_mb, least_mb=least)


async def _drain(request: Request) -> None:
    """Reads on for a moment: a browser that is cut off while it sends never sees why it was refused."""
    count = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_DRAINS_S):
            async for part in request.stream():
                count += len(part)
                if count > _DRAINED_BYTES:
                    return
