"""The files that a browser gets of the director's, the operator's and the pairing page: read once, packed once.

Each has a tag by its content, so that a browser asks again and is answered with a few bytes. Nothing is built: scripts
are ES modules, and a page names all that it will import, so that they are asked for at once.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stage.panel.refusals import SAFE_HEADERS, Refused

FOLDER = Path(__file__).resolve().parent / "page"
PAGES = {"/": "director", "/operator": "operator", "/pair": "pair"}
"""The pages by their address."""
SHEETS = {
    "director": ("styles/director.css", "styles/placing.css", "styles/films.css", "styles/lists.css"),
    "operator": ("styles/operator.css", "styles/operator_pages.css", "vendor/uPlot.min.css"),
    "pair": ("styles/pair.css",),
}
"""What each page has of styles beside those of all."""
_SHELL = "page.html"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/manifest+json",
}
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*["']([^"'\s]+)["']""")
_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
_ENTRY = re.compile(r'<script type="module" src="/page/([^"]+)">')
_NAMED = re.compile(r'"([^"]+)": "/page/([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file as it is sent: plain and packed, with its tag and the policy that it needs."""

    content: bytes
    packed: bytes
    headers: dict[str, str]


class PageFiles:
    """Answers `PAGES` and `/page/...` from `folder`. Raises OSError where that cannot be read.

    A page has the stage's `shape` with it, so that nothing on it moves when the stage is heard.
    """

    def __init__(self, shape: Mapping[str, Any] | None = None, folder: Path = FOLDER) -> None:
        texts = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in MEDIA_TYPES and path.is_file()
        }
        self._pages = {
            address: _file(_SHELL, page_of(shell_of(texts[_SHELL].decode(), name, shape), texts).encode())
            for address, name in PAGES.items()
        }
        self._files = {name: _file(name, content) for name, content in texts.items() if not name.endswith(".html")}

    def routes(self) -> list[BaseRoute]:
        """The addresses that are answered here."""
        pages = [Route(address, self._send_page, methods=["GET"]) for address in PAGES]
        return [*pages, Route("/page/{name:path}", self._send_file, methods=["GET"])]

    async def _send_page(self, request: Request) -> Response:
        return _sent(request, self._pages[request.url.path])

    async def _send_file(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        if name not in self._files:
            raise Refused("unknown_path", "no_such_page", found=str(request.scope["path"])[:80])
        return _sent(request, self._files[name])


def shell_of(text: str, name: str, shape: Mapping[str, Any] | None) -> str:
    """The document that all pages begin with, as that of one page of a stage."""
    sheets = "".join(f'<link rel="stylesheet" href="/page/{sheet}">\n' for sheet in SHEETS[name])
    told = html.escape(msgspec.json.encode(shape).decode())
    return text.replace("{name}", name).replace("{sheets}", sheets).replace("{shape}", told)


def page_of(text: str, files: Mapping[str, bytes]) -> str:
    """A page with a link to every script that it comes to import, so that none waits for another to arrive."""
    entry, names = _ENTRY.search(text), dict(_NAMED.findall(text))
    if entry is None:
        return text
    links = "".join(f'<link rel="modulepreload" href="/page/{name}">\n' for name in imported(entry[1], names, files))
    return text.replace(entry[0], f"{links}{entry[0]}")


def imported(entry: str, names: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """The scripts that `entry` imports, and those that these import, in the order in which they are met.

    `names` are those of the import map. Raises LookupError for one that there is not.
    """
    met, waiting = [entry], [entry]
    while waiting:
        script = waiting.pop(0)
        for word in _IMPORTED.findall(files[script].decode()):
            name = _beside(script, word) if word.startswith(".") else names[word]
            if name not in files:
                raise LookupError(f"{script}: imports {word}, which is not there")
            if name not in met:
                met.append(name)
                waiting.append(name)
    return met[1:]


def policy_of(text: str) -> str:
    """What a page may load: its own files, pictures that it was sent, and the import map that it carries."""
    maps = [base64.b64encode(hashlib.sha256(found.encode()).digest()).decode() for found in _MAP.findall(text)]
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in maps)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _beside(script: str, word: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(script).parent / word).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _file(name: str, content: bytes) -> _File:
    headers = {
        **SAFE_HEADERS,
        "Cache-Control": "no-cache",
        "Content-Type": MEDIA_TYPES[PurePosixPath(name).suffix],
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Vary": "Accept-Encoding",
    }
    if name.endswith(".html"):
        headers["Content-Security-Policy"] = policy_of(content.decode())
    return _File(content=content, packed=gzip.compress(content, mtime=0), headers=headers)


def _sent(request: Request, file: _File) -> Response:
    headers = dict(file.headers)
    if request.headers.get("if-none-match") == headers["ETag"]:
        del headers["Content-Type"]
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", "") and len(file.packed) < len(file.content):
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.content, headers=headers)
