"""Files of looks and cues that a tablet has: read here, so that its page can show what is in one and ask for it.

Nothing is kept of them, and nothing is set by reading one: the page sends what it wants of it as a request of its own.
"""

from __future__ import annotations

import unicodedata
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.config.cue_reader import read_cues
from stage.config.file_faults import file_fault
from stage.config.findings import Findings
from stage.config.look_reader import read_look
from stage.panel.admission import needs
from stage.panel.api import whole_body
from stage.panel.refusals import Refused, json_answer
from stage.values.cues import fields_of
from stage.values.parameters import Refusal

_AS_BYTES = "application/octet-stream"
_LONGEST_NAME = 256


class FileReadings:
    """Answers POST of `/api/v1/read/look?name=FILE` with `{name, values}`, and of `/api/v1/read/cues?name=FILE` with
    `{cues}`, each as a request has it. The body is the file.
    """

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here."""
        return [Route("/api/v1/read/{kind}", self._read, methods=["POST"])]

    async def _read(self, request: Request) -> Response:
        needs(request, "director")
        found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found != _AS_BYTES:
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            raise Refused("bad_message", "form_content", status=status, found=found[:80])
        kind, name = str(request.path_params["kind"]), request.query_params.get("name", "")[:_LONGEST_NAME]
        if kind not in ("look", "cues"):
            raise Refused("unknown_path", "no_such_page", found=kind[:80])
        return json_answer(read_file(kind, name, await whole_body(request)))


def read_file(kind: str, name: str, content: bytes) -> dict[str, Any]:
    """What a file holds, a "look" or "cues", as a request has it. Raises Refused with what is wrong with it."""
    findings = Findings(name or kind)
    text = None
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        findings.report("", file_fault("file_no_text"))
    if text is not None and kind == "look":
        look = read_look(text, findings, unicodedata.normalize("NFC", PurePath(name).stem))
        if look is not None:
            return {"name": look.name, "values": look.values}
    elif text is not None:
        read = read_cues(text, findings)
        if read is not None:
            return {"cues": [fields_of(cue) for cue in read.cues]}
    fault = findings.first()
    assert fault is not None
    values = {**fault.values, "file": name or kind, "why": fault.code}
    refused = Refused.of(Refusal(code="bad_message", reason="file_not_read", values=values), "")
    refused.status = HTTPStatus.UNPROCESSABLE_ENTITY
    raise refused
