"""Tablets of a stage: pages in browser contexts of their own, looked after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from live_demo import SHOTS
from running_stage import PATIENCE_S, RunningStage

HERE = Path(__file__).parent
PATIENCE_MS = 1e3 * PATIENCE_S
TABLET, UPRIGHT, PHONE = (1194, 834), (834, 1194), (390, 844)
SIZES = {"tablet": TABLET, "upright": UPRIGHT, "phone": PHONE}


class Tablet:
    """A page of the stage in a browser context of its own: a tablet with a touch screen."""

    def __init__(self, browser: Any, stage: RunningStage, size: tuple[int, int], **options: Any) -> None:
        self.stage = stage
        self.origin = str(stage.ready["panel"]).rstrip("/")
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, is_mobile=False, **options
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and "ERR_CONNECTION" not in message.text and "/preview/" not in where:
            self.errors.append(f"{message.text} {where}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.origin, self.origin.replace("http", "ws"), "blob:", "data:")):
            self.foreign.append(request.url)

    def open(self, path: str = "/", language: str = "en") -> Any:
        """Goes to a page and waits until it is live."""
        self.page.add_init_script(f"localStorage.getItem('language') || localStorage.setItem('language', '{language}')")
        self.page.goto(self.origin + path)
        self.page.wait_for_selector("body[data-link='live']")
        return self.page

    def is_live_with(self, selector: str) -> Any:
        """Waits until something is on the page that takes touches."""
        return self.page.wait_for_selector(f"body[data-link='live'] {selector}:not([disabled])")

    def shot(self, name: str) -> None:
        """Writes a picture of what is seen to the folder that OPENSTAGE_SHOTS names."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))

    def faults(self) -> list[dict[str, Any]]:
        """What axe finds serious or worse on the page as it is."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate((HERE / "axe" / "axe.min.js").read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            {
                "rule": one["id"],
                "where": [node["target"] for node in one["nodes"]],
                "why": one["nodes"][0]["failureSummary"],
            }
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def close(self) -> None:
        self.context.close()


@contextmanager
def looked_after(browser: Any, stage: RunningStage) -> Iterator[Callable[..., Tablet]]:
    """Makes tablets, and looks in the end whether their pages made mistakes."""
    made: list[Tablet] = []

    def make(size: tuple[int, int] = TABLET, **options: Any) -> Tablet:
        made.append(Tablet(browser, stage, size, **options))
        return made[-1]

    try:
        yield make
    finally:
        errors = [error for one in made for error in one.errors]
        foreign = [url for one in made for url in one.foreign]
        for one in made:
            one.close()
    assert errors == [], errors
    assert foreign == [], foreign
