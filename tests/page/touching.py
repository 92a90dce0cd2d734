"""Fingers on a page: taps, holds and drags as Chromium gets them from a touch screen."""

from __future__ import annotations

import time
from typing import Any

HOLD_MS = 700
IS_OPEN = """([one, x, y]) => {
  const hit = document.elementFromPoint(x, y);
  return hit !== null && (one.contains(hit) || hit.contains(one));
}"""
"""Whether a touch at a place would reach something, or what carries it: nothing else lies over it there."""


def at_rest(page: Any, selector: str) -> Any:
    """What a selector finds first, scrolled into view and no longer moving."""
    found = page.locator(f"{selector} >> visible=true").first
    found.scroll_into_view_if_needed()
    element = found.element_handle()
    element.wait_for_element_state("stable")
    return element


def middle(element: Any) -> tuple[float, float]:
    """The middle of something that is drawn."""
    box = element.bounding_box()
    assert box is not None, element
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def middle_of(page: Any, selector: str) -> tuple[float, float]:
    """The middle of what a selector finds first, in view and at rest."""
    return middle(at_rest(page, selector))


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
        """Touches what nothing lies over, as people do: a message does for a moment.

        Down and up are sent together, since a busy machine that came between them would make it a long press.
        """
        element = at_rest(self._page, selector)
        x, y = middle(element)
        self._page.wait_for_function(IS_OPEN, arg=[element, x, y])
        self._page.touchscreen.tap(x, y)

    def hold(self, selector: str, ms: int = HOLD_MS) -> None:
        """Stays on something; the browser's own time decides when that was long enough."""
        self.down(*middle_of(self._page, selector))
        self._page.wait_for_timeout(ms)
        self.up()

    def hold_unheard(self, selector: str, ms: int) -> None:
        """Has stayed on something: a page that was busy meanwhile hears of both ends at once, with their times."""
        x, y = middle_of(self._page, selector)
        ended_s = time.time()
        for kind, points, at_s in (("touchStart", [{"x": x, "y": y}], ended_s - ms / 1e3), ("touchEnd", [], ended_s)):
            self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": at_s})

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
