"""The words of the page over HTTP, and the language that a browser is answered in.

All of a language comes at once, so that a page changes its language without a reload.
"""

from __future__ import annotations

import gzip
import hashlib
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.panel.refusals import SAFE_HEADERS, Refused
from stage.words.languages import HELP, LANGUAGES

_SHOWN = 80
LANGUAGE_COOKIE = "openstage-language"
_MOST_LANGUAGES = 16


class WordRequests:
    """Answers `/api/v1/words/{language}` with `{language, words: {code: template}, help: {path: text}}`, where `*` in a
    path stands for any name. Help is given where the declarations are not in that language. Encodes each language once.
    """

    def __init__(self) -> None:
        self._bodies = {
            language: msgspec.json.encode({"language": language, "words": words, "help": HELP.get(language, {})})
            for language, words in LANGUAGES.items()
        }
        self._packed = {language: gzip.compress(body, mtime=0) for language, body in self._bodies.items()}
        self._tags = {language: f'"{hashlib.sha256(body).hexdigest()[:32]}"' for language, body in self._bodies.items()}

    def routes(self) -> list[BaseRoute]:
        """The address that is answered here."""
        return [Route("/api/v1/words/{language}", self._words, methods=["GET"])]

    async def _words(self, request: Request) -> Response:
        language = str(request.path_params["language"])
        if language not in self._bodies:
            known = ", ".join(self._bodies)
            raise Refused("unknown_path", "no_such_language", found=language[:_SHOWN], languages=known)
        headers = {
            **SAFE_HEADERS,
            "Cache-Control": "no-cache",
            "ETag": self._tags[language],
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == self._tags[language]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        body = self._bodies[language]
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = self._packed[language], "gzip"
        return Response(body, media_type="application/json", headers=headers)


def chosen_language(request: Request) -> str | None:
    """The language that was chosen on the page; None where none was."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


def language_of(request: Request) -> str:
    """The language to answer in; the first that browser and stage have in common (RFC 9110, section 12.5.4)."""
    wanted = [_named(part) for part in request.headers.get("accept-language", "").split(",")[:_MOST_LANGUAGES]]
    known = (name for _, name in sorted(wanted, key=lambda one: -one[0]) if name in LANGUAGES)
    return chosen_language(request) or next(known, "en")


def _named(part: str) -> tuple[float, str]:
    """How much a language is wanted, and its code without the country."""
    name, _, weight = part.strip().partition(";")
    try:
        wanted = float(weight.partition("=")[2] or 1.0)
    except ValueError:
        wanted = 0.0
    return (wanted if wanted == wanted else 0.0), name.strip().lower().partition("-")[0]  # noqa: PLR0124 - NaN
