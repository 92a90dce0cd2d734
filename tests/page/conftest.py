"""A live stage with its page, and a real browser that touches it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "stage")]

from live_demo import SHOTS, live_demo  # noqa: E402
from running_stage import RunningStage  # noqa: E402

PATIENCE_MS = 20_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TABLET, UPRIGHT, PHONE = (1194, 834), (834, 1194), (390, 844)
SIZES = {"tablet": TABLET, "upright": UPRIGHT, "phone": PHONE}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of this machine, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: ./run test sets it up")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: sudo apt-get install chromium fonts-noto-cjk")
    options = ["--no-sandbox", "--disable-dev-shm-usage"] if os.getuid() == 0 else []
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield made
        made.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStage]:
    """The demo, live, for all tests of a module."""
    with live_demo(tmp_path_factory.mktemp("demo")) as stage:
        yield stage


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


@pytest.fixture
def tablet(browser: Any, demo: RunningStage) -> Iterator[Callable[..., Tablet]]:
    """Makes tablets of the demo; each is looked after: no error on its page, and nothing asked of another host."""
    with looked_after(browser, demo) as make:
        yield make


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
    assert not errors
    assert not foreign
