"""The bearer tokens of a stage without any."""

from __future__ import annotations


class NoTokens:
    """Knows no token."""

    def holder(self, token: str) -> None:
        """Nobody's."""
