"""The panic page: blackout, freeze, and the state of the stage in words, as one plain document without scripts.

It needs nothing but a browser that shows forms. It asks for no other file, so it works where the other pages fail.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.panel.api import whole_body
from stage.panel.callers import Caller, Callers
from stage.panel.live_stage import LiveStage
from stage.panel.refusals import SAFE_HEADERS, Refused
from stage.panel.word_requests import language_of
from stage.show.frame.requests import SetRequest
from stage.words.languages import LANGUAGES
from stage.words.sentences import Sentences, sentence

_STYLE = (Path(__file__).parent / "panic.css").read_text(encoding="utf-8").strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    **SAFE_HEADERS,
    # A form says where it comes from only where the page lets it.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 4


@dataclass(frozen=True, kw_only=True)
class _Key:
    """A key of the page: what it sets, and the words on it while that is off and on."""

    path: str
    to_begin: str
    to_end: str


_KEYS = {
    "black": _Key(path="/output/blackout", to_begin="page.panic_black", to_end="page.panic_light"),
    "freeze": _Key(path="/output/freeze", to_begin="page.panic_freeze", to_end="page.panic_move"),
}


class PanicPage:
    """Answers `/panic`. A press is a form that must come from this page: by its origin, or by what the page gave it."""

    def __init__(self, title: str, live: LiveStage, callers: Callers) -> None:
        self._title = title
        self._live = live
        self._callers = callers
        self._secret = secrets.token_bytes(32)

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here."""
        return [
            Route("/panic", self._show, methods=["GET"]),
            Route("/panic", self._press, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return self._page(request, "")

    async def _press(self, request: Request) -> Response:
        """Sets what was pressed and shows the page with the answer: a reload presses again what is so already."""
        found = request.headers.get("content-type", "")
        if found.partition(";")[0].strip().lower() != _FORM:
            raise Refused("bad_message", "not_a_form", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, found=found[:80])
        fields = _fields_of(await whole_body(request))
        caller: Caller = request.state.caller
        if "origin" not in request.headers and not hmac.compare_digest(fields.get("from", ""), self._given_to(caller)):
            raise Refused("forbidden", "not_from_this_page")
        key, word = _KEYS.get(fields.get("key", "")), fields.get("to", "")
        if key is None or word not in ("on", "off"):
            raise Refused("bad_message", "no_such_key")
        words = LANGUAGES[language_of(request)]
        try:
            answer = await self._callers.ask(caller, SetRequest(id=0, path=key.path, value=word == "on"))
        except Refused as refused:
            return self._page(request, _told(words, refused.refusal.reason, refused.refusal.values), refused.status)
        if answer["type"] == "ok":
            await self._live.settled()
            return self._page(request, words["page.panic_done"].format(frame=answer["frame"]))
        return self._page(request, _told(words, answer["reason"], answer["values"]), HTTPStatus.FORBIDDEN)

    def _given_to(self, caller: Caller) -> str:
        """What this caller's page has in its forms: no other page can know it."""
        return hmac.new(self._secret, caller.route.encode(), hashlib.sha256).hexdigest()[:32]

    def _page(self, request: Request, said: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        language, caller = language_of(request), request.state.caller
        words = LANGUAGES[language]
        lines = _state_lines(words, self._live.newest(), self._live.values)
        keys = "".join(
            _form(words, name, key, self._given_to(caller), is_on=bool(self._live.values.get(key.path)))
            for name, key in _KEYS.items()
        )
        text = _PAGE.format(
            language=language,
            style=_STYLE,
            title=escape(self._title),
            said=f'<p class="said" role="status">{escape(said)}</p>' if said else "",
            keys=f'<p class="note">{escape(words["page.panic_looks_only"])}</p>' if caller.role == "viewer" else keys,
            state="".join(f"<li>{escape(line)}</li>" for line in lines),
            at=escape(words["page.panic_at"].format(time=time.strftime("%H:%M:%S"))),
            again=escape(words["page.panic_again"]),
        )
        return Response(text, status, _HEADERS, media_type="text/html; charset=utf-8")


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1><bdi>{title}</bdi></h1>
{said}
<div class="keys">{keys}</div>
<ul>{state}</ul>
<p class="note">{at} <a href="/panic">{again}</a></p>
</main>
</body>
</html>
"""


def _form(words: Sentences, name: str, key: _Key, given: str, *, is_on: bool) -> str:
    """The form of one key. In force, its face is inverted and its words are those that end it."""
    text = escape(words[key.to_end if is_on else key.to_begin])
    return (
        f'<form method="post" action="/panic"><input type="hidden" name="from" value="{given}">'
        f'<input type="hidden" name="key" value="{name}">'
        f'<input type="hidden" name="to" value="{"off" if is_on else "on"}">'
        f'<button class="{"on" if is_on else "off"}">{text}</button></form>'
    )


def _state_lines(words: Sentences, status: Mapping[str, Any] | None, values: Mapping[str, Any]) -> list[str]:
    """The state as sentences: whether anybody answers, what the walls show, what records, and what is wrong."""
    shows = "black" if values.get("/output/blackout") else "frozen" if values.get("/output/freeze") else "picture"
    lines = [words[f"page.panic_is_{shows}"]] if values else []
    if status is None:
        return [words["page.panic_silent"], *lines]
    if status["take"]["state"] != "idle":
        lines.append(words["page.panic_records"].format(name=status["take"]["name"]))
    wrong = [_told(words, one["code"], one["values"]) for one in status["health_codes"] if not one["acknowledged"]]
    return [*lines, *(wrong or [words["page.panic_well"]])]


def _told(words: Sentences, code: str, values: Mapping[str, Any]) -> str:
    line = sentence(code, values, words).replace("`", "")
    return line if words.get(code, "").startswith("{") else line[:1].upper() + line[1:]


def _fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form, the last of each name. Raises Refused where there are too many."""
    try:
        found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused("bad_message", "no_such_key") from None
    return {name: values[-1] for name, values in found.items()}
