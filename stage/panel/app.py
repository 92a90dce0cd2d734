"""The web process's application: its routes, who is admitted to them, and what is said where something is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from stage.panel.access_log import AccessLog
from stage.panel.admission import Admission, wrong_method
from stage.panel.crew import Crew
from stage.panel.page_requests import PLAIN_REFUSALS
from stage.panel.refusals import SAFE_HEADERS, Refused, refused_answer
from stage.run.terminal import print_notice


def web_app(routes: Iterable[BaseRoute], crew: Crew, counts: Counter[str]) -> ASGIApp:
    """Serves `routes` to whoever is admitted. `counts` has what was refused, by reason."""
    refusing = _Refusing(counts, crew.log)
    app = Starlette(
        routes=list(routes),
        exception_handlers={
            **PLAIN_REFUSALS,
            Refused: refusing.refused,
            HTTPException: refusing.not_routed,
            Exception: refusing.failed,
        },
    )
    app.router.redirect_slashes = False
    return Admission(app, crew.known, counts, crew.presence, crew.log)


class _Refusing:
    """The answers to what is refused inside of the application, counted; who may not do something is logged."""

    def __init__(self, counts: Counter[str], log: AccessLog) -> None:
        self._counts = counts
        self._log = log

    async def refused(self, request: Request, refused: Exception) -> Response:
        assert isinstance(refused, Refused)
        found = refused.refusal
        self._counts[found.reason] += 1
        if found.code == "forbidden" or refused.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._log.refused(request.state.caller, request.scope["path"], found)
        return refused_answer(request.scope, refused)

    async def not_routed(self, request: Request, error: Exception) -> Response:
        """An address that there is not, or a method that it does not have; OPTIONS is told those that it has."""
        assert isinstance(error, HTTPException)
        if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            found = str(request.scope["path"])[:80]
            return await self.refused(request, Refused("unknown_path", "no_such_page", found=found))
        methods = (error.headers or {}).get("Allow", "GET")
        allowed = tuple(sorted({one.strip() for one in methods.split(",")} | {"OPTIONS"}))
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={**SAFE_HEADERS, "Allow": ", ".join(allowed)})
        return await self.refused(request, wrong_method(request.method, allowed))

    async def failed(self, request: Request, error: Exception) -> Response:
        kind = type(error).__name__
        self._counts[kind] += 1
        if self._counts[kind] == 1:
            print_notice(f"the page made a mistake at {request.scope['path'][:80]!r} and goes on ({kind}: {error})")
        refused = Refused("no_answer", "went_wrong", status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return refused_answer(request.scope, refused)
