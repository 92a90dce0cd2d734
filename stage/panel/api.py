"""The API over HTTP: values, parameters, status, variables and metrics by GET, commands by POST."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.control.requests import DescribeRequest, GetRequest
from stage.control.wire import MessageError, WireRequest, id_in, request_of
from stage.panel.callers import MOST_BODY_BYTES, Caller, Callers
from stage.panel.live_stage import ITSELF, LiveStage
from stage.panel.refusals import STATUS_OF, Refused, json_answer
from stage.panel.variables import variables_of

BODY_WITHIN_S = 4.0
_LONGEST_PATH = 256


class ApiRequests:
    """Answers `/api/v1/...` and `/metrics`. `metrics` makes the text of the latter."""

    def __init__(self, live: LiveStage, callers: Callers, metrics: Callable[[], tuple[bytes, str]]) -> None:
        self._live = live
        self._callers = callers
        self._metrics = metrics

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        return [
            Route("/api/v1/values", self._values, methods=["GET"]),
            Route("/api/v1/values/{path:path}", self._values, methods=["GET"]),
            Route("/api/v1/describe", self._describe, methods=["GET"]),
            Route("/api/v1/describe/{path:path}", self._describe, methods=["GET"]),
            Route("/api/v1/status", self._status, methods=["GET"]),
            Route("/api/v1/variables", self._variables, methods=["GET"]),
            Route("/api/v1/command", self._command, methods=["POST"]),
            Route("/metrics", self._send_metrics, methods=["GET"]),
        ]

    async def _values(self, request: Request) -> Response:
        """One value, or all at or below a path."""
        values, path = await self._live.settled(), _path_of(request)
        if path in values:
            return json_answer({"path": path, "value": values[path], **self._live.moment})
        below = {name: value for name, value in values.items() if name.startswith(f"{path}/")}
        if below or not path:
            return json_answer({"values": below, **self._live.moment})
        return await self._refused_by_stage(GetRequest(id="", path=path))

    async def _describe(self, request: Request) -> Response:
        """The declaration of one parameter, or of every one below a path."""
        path = _path_of(request)
        await self._live.settled()
        parameters = await self._live.parameters()
        found = [one for one in parameters if one["path"] == path or one["path"].startswith(f"{path}/")]
        if not found:
            return await self._refused_by_stage(DescribeRequest(id="", path=path))
        return json_answer({"parameters": found, "tree": self._live.moment["tree"]})

    async def _status(self, request: Request) -> Response:  # noqa: ARG002 - the signature of an endpoint
        status = await self._live.informed()
        if status is None:
            raise Refused("no_answer", "stage_silent", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return json_answer(status)

    async def _variables(self, request: Request) -> Response:  # noqa: ARG002
        return json_answer(variables_of(await self._live.informed(), self._live.values))

    async def _send_metrics(self, request: Request) -> Response:  # noqa: ARG002
        text, media_type = self._metrics()
        return Response(text, headers={"Cache-Control": "no-store", "Content-Type": media_type})

    async def _command(self, request: Request) -> Response:
        """Whatever the wire has, as JSON."""
        body, state = await json_body(request), request.state
        answer = await answered(self._callers, state.caller, body, state.connection)
        return json_answer(answer, HTTPStatus.OK if answer["type"] == "ok" else status_of(answer))

    async def _refused_by_stage(self, request: WireRequest) -> Response:
        """The stage's own words for a path that it does not have: it knows the nearest one."""
        answer = await self._callers.ask(ITSELF, request)
        return json_answer(answer, HTTPStatus.OK if answer["type"] == "ok" else status_of(answer))


async def answered(callers: Callers, caller: Caller, body: bytes | str, connection: str) -> dict[str, Any]:
    """The stage's answer to a request in JSON, under its id. One without an id gets one that nobody else has.

    Without a session, an id means something within its `connection` only. Raises Refused where it is no request, or
    where the stage does not answer it.
    """
    fields = fields_of(body)
    owns_id = "id" in fields
    try:
        request = request_of(fields if owns_id else {**fields, "id": 0})
    except MessageError as error:
        raise Refused.of(error.refusal, id_in(fields)) from None
    try:
        answer = await callers.ask(caller, request, connection if owns_id else "")
    except Refused as refused:
        refused.request_id = id_in(fields)
        raise
    return answer if owns_id else {**answer, "id": ""}


def fields_of(body: bytes | str) -> dict[str, Any]:
    """The fields of a JSON object. Raises Refused for anything else, however deep or long."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused("bad_message", "not_json", found=str(error)[:160]) from None
    if not isinstance(found, dict):
        raise Refused("bad_message", "not_json", found=f"found {type(found).__name__}, expected an object")
    return found


def status_of(answer: dict[str, Any]) -> HTTPStatus:
    """The HTTP status of an error."""
    code = answer["code"]
    return STATUS_OF.get(code, HTTPStatus.BAD_REQUEST)


async def json_body(request: Request) -> bytes:
    """The whole body of a request that only a script of this server's own pages can send. Raises Refused."""
    found = request.headers.get("content-type", "")
    if found.partition(";")[0].strip().lower() != "application/json":
        raise Refused("bad_message", "not_json_content", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, found=found[:80])
    return await whole_body(request)


async def whole_body(request: Request) -> bytes:
    """The whole body. Raises Refused where it is too long or does not come."""
    too_long = Refused("bad_message", "body_too_long", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, most=MOST_BODY_BYTES)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BODY_BYTES:
        raise too_long
    parts = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for part in request.stream():
                parts += part
                if len(parts) > MOST_BODY_BYTES:
                    raise too_long
    except TimeoutError:
        raise Refused(
            "bad_message", "request_too_slow", status=HTTPStatus.REQUEST_TIMEOUT, seconds=BODY_WITHIN_S
        ) from None
    except ClientDisconnect:
        raise Refused("bad_message", "request_too_slow", status=HTTPStatus.BAD_REQUEST, seconds=BODY_WITHIN_S) from None
    return bytes(parts)


def _path_of(request: Request) -> str:
    """The parameter's path in an address, "" for all."""
    path = str(request.path_params.get("path", "")).strip("/")
    return f"/{path[:_LONGEST_PATH]}" if path else ""
