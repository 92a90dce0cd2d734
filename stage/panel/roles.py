"""What a caller must be for a request that never comes to the show."""

from __future__ import annotations

from starlette.requests import Request

from stage.panel.callers import Caller
from stage.panel.refusals import Refused
from tracking.settable import ROLES, Role


def needs(request: Request, role: Role) -> Caller:
    """Who asks. Raises Refused where that is less than `role`, or a tablet that is locked."""
    caller: Caller = request.state.caller
    if caller.locked:
        raise Refused("forbidden", "tablet_locked", name=caller.person)
    if ROLES.index(caller.role) < ROLES.index(role):
        raise Refused("forbidden", "needs_role", needed=role, role=caller.role)
    return caller
