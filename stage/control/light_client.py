"""What the Python client asks of lights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

LIGHT_TAKEN_S = 1.5
"""A light is measured within a second, or refused."""


class LightCalls(ABC):
    """The calls on lights."""

    @abstractmethod
    def _request(self, kind: str, longer_s: float = 0.0, **fields: object) -> dict[str, Any]:
        """Sends a request and returns its reply."""

    def lights(self) -> list[dict[str, Any]]:
        """Every stage light: what it is, where it stands, its patch, and what it is to give now."""
        lights: list[dict[str, Any]] = []
        while True:
            reply = self._request("lights", first=len(lights))
            lights += reply["lights"]
            if not reply["lights"] or len(lights) >= reply["total"]:
                return lights

    def lights_save(self) -> dict[str, Any]:
        """Saves where lights stand, point to and are patched, for the next start; returns once it is on disk."""
        return self._request("save", only="lights")

    def light_take(self, name: str, follow: str = "") -> dict[str, Any]:
        """A light gives by hand, from now on, what it would follow now. Returns the reply: `before` can be put back."""
        given = {"follow": follow} if follow else {}
        return self._request("light", LIGHT_TAKEN_S, action="take", name=name, **given)
