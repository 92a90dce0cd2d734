"""The words of the page over HTTP: all of a language at once, so that a page changes its language without a reload."""

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
