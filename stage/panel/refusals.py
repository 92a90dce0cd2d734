"""What the web process refuses: an HTTP status, and the wire's error as JSON; a sentence where people look at pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from stage.values.parameters import ErrorCode, Refusal
from stage.words.sentences import refusal_line
from tracking.records import Scalar

STATUS_OF: dict[ErrorCode, HTTPStatus] = {
    "bad_message": HTTPStatus.BAD_REQUEST,
    "unknown_path": HTTPStatus.NOT_FOUND,
    "wrong_type": HTTPStatus.UNPROCESSABLE_ENTITY,
    "out_of_range": HTTPStatus.UNPROCESSABLE_ENTITY,
    "forbidden": HTTPStatus.FORBIDDEN,
    "conflict": HTTPStatus.CONFLICT,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "no_answer": HTTPStatus.GATEWAY_TIMEOUT,
}
"""The HTTP status of each of the wire's error codes."""
_API = ("/api/", "/metrics")
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer carries: nothing is kept, nothing comes from elsewhere, nobody else may show it."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request that is refused with an HTTP status and a reason. `headers` are added to the answer.

    `request_id` is the id that the answer repeats.
    """

    request_id: str | int = ""

    def __init__(
        self,
        code: ErrorCode,
        reason: str,
        *,
        status: HTTPStatus | None = None,
        headers: dict[str, str] | None = None,
        **values: Scalar,
    ) -> None:
        super().__init__(reason)
        self.refusal = Refusal(code=code, reason=reason, values=values)
        self.status = status or STATUS_OF[code]
        self.headers = headers or {}

    @classmethod
    def of(cls, refusal: Refusal, request_id: str | int = "", *, status: HTTPStatus | None = None) -> Refused:
        """A request that others refuse, as the wire's own rules do."""
        made = cls(refusal.code, refusal.reason, status=status)
        made.refusal = refusal
        made.request_id = request_id
        return made


def error_fields(refusal: Refusal, request_id: str | int = "") -> dict[str, Any]:
    """A refusal as the wire has it; the frame is -1, since the show knows nothing of it."""
    return {
        "type": "error",
        "id": request_id,
        "frame": -1,
        "code": refusal.code,
        "detail": refusal_line(refusal),
        "reason": refusal.reason,
        "values": refusal.values,
    }


def json_answer(fields: Any, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON. Numbers that JSON lacks become null."""
    return Response(
        msgspec.json.encode(fields), status, {**SAFE_HEADERS, **(headers or {})}, media_type="application/json"
    )


def refused_answer(scope: Scope, refused: Refused) -> Response:
    """The answer to a request that is refused: JSON below /api, a sentence elsewhere. It ends the connection."""
    headers = {**SAFE_HEADERS, "Connection": "close", **refused.headers}
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    if scope["type"] == "websocket" or str(scope["path"]).startswith(_API):
        return json_answer(error_fields(refused.refusal, refused.request_id), refused.status, headers)
    line = refusal_line(refused.refusal)
    sentence = f"{line[:1].upper()}{line[1:]}.\n"
    return Response(sentence, refused.status, headers, media_type="text/plain")
