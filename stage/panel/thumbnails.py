"""Thumbnails of looks and worlds by their names, as the stage has them: small JPEG files that a browser may keep."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.control.wire import WireRequest
from stage.panel.refusals import SAFE_HEADERS, Refused
from stage.show.frame.requests import LookRequest, WorldsRequest
from tracking.records import JOB_FAILURES

MOST_BYTES = 64 * 1024
MOST_KEPT = 256
"""So many files are kept in memory."""
_LISTED_FOR_S = 1.0
_MOST_LISTED = 20_000
_JPEG = b"\xff\xd8\xff"
_SUFFIX = ".jpg"

Ask = Callable[[WireRequest], Awaitable[dict[str, Any]]]
"""Asks the stage; the answer as the wire has it. Raises Refused."""


class _File(NamedTuple):
    """A file's contents and the tag by which a browser knows whether it has them."""

    tag: str
    content: bytes


class Thumbnails:
    """Answers GET of `/preview/look/NAME.jpg` and `/preview/world/KEY.jpg`, whatever letters a name has.

    The stage says where the files are; it is asked once a second at most, so the answer to a name that is not known yet
    waits for that: a page may have heard of a picture that came since. What is no small JPEG is not served.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._listed: dict[str, dict[str, str]] = {"look": {}, "world": {}}
        self._listed_s: dict[str, float] = {}
        self._listing = asyncio.Lock()
        self._kept: OrderedDict[str, _File] = OrderedDict()

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        return [
            Route("/preview/look/{name:path}", self._look, methods=["GET"]),
            Route("/preview/world/{name:path}", self._world, methods=["GET"]),
        ]

    async def _look(self, request: Request) -> Response:
        return await self._send(request, "look")

    async def _world(self, request: Request) -> Response:
        return await self._send(request, "world")

    async def _send(self, request: Request, kind: str) -> Response:
        name = str(request.path_params["name"])
        path = await self._path(kind, name.removesuffix(_SUFFIX)) if name.endswith(_SUFFIX) else None
        file = None if path is None else await asyncio.to_thread(self._file, path)
        if file is None:
            raise Refused("unknown_path", "no_such_page", found=str(request.scope["path"])[:80])
        headers = {**SAFE_HEADERS, "Cache-Control": "no-cache", "ETag": file.tag}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(file.content, headers=headers, media_type="image/jpeg")

    async def _path(self, kind: str, name: str) -> str | None:
        """Where the thumbnail is, or None where there is none."""
        if (path := (await self._newly_listed(kind)).get(name)) is not None:
            return path
        await asyncio.sleep(self._listed_s[kind] + _LISTED_FOR_S - time.monotonic())
        return (await self._newly_listed(kind)).get(name)

    async def _newly_listed(self, kind: str) -> dict[str, str]:
        """Where all are, as the stage has said within the last second."""
        async with self._listing:
            if time.monotonic() - self._listed_s.get(kind, -_LISTED_FOR_S) >= _LISTED_FOR_S:
                self._listed[kind] = await (self._looks() if kind == "look" else self._worlds())
                self._listed_s[kind] = time.monotonic()
        return self._listed[kind]

    async def _looks(self) -> dict[str, str]:
        found: dict[str, str] = {}
        first = 0
        while first < _MOST_LISTED:
            answer = await self._ask(LookRequest(id="", action="list", first=first))
            rows = answer.get("looks", [])
            found |= {one["name"]: one["thumbnail"] for one in rows if one["thumbnail"]}
            first += len(rows)
            if not rows or first >= answer["total"]:
                break
        return found

    async def _worlds(self) -> dict[str, str]:
        found: dict[str, str] = {}
        first = 0
        while first < _MOST_LISTED:
            answer = await self._ask(WorldsRequest(id="", first=first))
            rows = answer.get("worlds", [])
            found |= {one["key"]: one["thumbnail"] for one in rows if one["thumbnail"]}
            first += len(rows)
            if not rows or first >= answer.get("total", first):
                break
        return found

    def _file(self, path: str) -> _File | None:
        """A small JPEG, read where it has changed; None where there is none."""
        try:
            about = Path(path).stat()
            tag = f'"{about.st_mtime_ns:x}-{about.st_ino:x}-{about.st_size:x}"'
            kept = self._kept.get(path)
            if kept is None or kept.tag != tag:
                content = Path(path).read_bytes() if about.st_size <= MOST_BYTES else b""
                kept = self._kept[path] = _File(tag, content)
        except JOB_FAILURES:
            return None
        self._kept.move_to_end(path)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept if kept.content.startswith(_JPEG) else None
