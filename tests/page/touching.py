"""Fingers on a page: taps, holds and drags as Chromium gets them from a touch screen."""

from __future__ import annotations

from typing import Any

HOLD_MS = 700


def middle_of(page: Any, selector: str) -> tuple[float, float]:
    """The middle of what a selector finds first, scrolled into view and at rest."""
    found = page.locator(f"{selector} >> visible=true").first
    found.scroll_into_view_if_needed()
    found.element_handle().wait_for_element_state("stable")
    box = found.bounding_box()
    assert box is not None, selector
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Finger:
    """One finger on the screen of a page."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", x, y)

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", x, y)

    def up(self) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def tap(self, selector: str) -> None:
        """Down and up are sent together: a busy machine that came between them would make it a long press."""
        self._page.touchscreen.tap(*middle_of(self._page, selector))

    def hold(self, selector: str, ms: int = HOLD_MS) -> None:
        """Stays on something; the browser's own time decides when that was long enough."""
        self.down(*middle_of(self._page, selector))
        self._page.wait_for_timeout(ms)
        self.up()

    def drag(self, selector: str, across: float, steps: int = 8) -> None:
        """From the middle of something to the side, in so many moves."""
        x, y = middle_of(self._page, selector)
        self.down(x, y)
        for step in range(1, steps + 1):
            self.move(x + across * step / steps, y)
            self._page.wait_for_timeout(20)
        self.up()

    def _send(self, kind: str, x: float, y: float) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
