"""Everybody who may come to the web process: bearers of tokens, tablets, and those that are just being paired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from starlette.routing import BaseRoute

from stage.control.keys.tablets import TabletFile
from stage.control.keys.tokens import TokenFolder
from stage.panel.access_log import AccessLog
from stage.panel.admission import Tokens
from stage.panel.pairing_codes import LASTS_S, PairingCodes
from stage.panel.pairing_link import invitation
from stage.panel.presence import Presence
from stage.panel.tablet_requests import TabletRequests

_LOOKS_EVERY_S = 0.25


class Crew:
    """Who is known by the folder `keys`; without one nobody is, and nobody can be paired."""

    def __init__(self, keys: Path | None) -> None:
        self.presence = Presence()
        self.log = AccessLog(keys)
        self.codes = PairingCodes()
        self._tablets = None if keys is None else TabletFile(keys)
        self.known = Tokens(None if keys is None else TokenFolder(keys), self._tablets)

    def routes(self, page_url: Callable[[], str]) -> list[BaseRoute]:
        """The addresses at which tablets are paired and looked after. `page_url` is this server's, for tablets."""
        if self._tablets is None:
            return []
        return TabletRequests(self._tablets, self.codes, self.presence, self.log, page_url).routes()

    def invite(self, page_url: str) -> str:
        """A new code for a director's tablet, as lines for a terminal; "" where nobody can be paired."""
        if self._tablets is None:
            return ""
        return invitation(page_url, self.codes.make("director").digits, "director", LASTS_S)

    async def watch(self) -> None:
        """Ends what tablets have open that another process has revoked, until it is cancelled."""
        while self._tablets is not None:
            await asyncio.sleep(_LOOKS_EVERY_S)
            open_now = self.presence.owners()
            if open_now:
                admitted = {one.owner for one in self._tablets.tablets() if not one.revoked}
                for owner in open_now:
                    if owner not in admitted:
                        self.presence.end(owner)
