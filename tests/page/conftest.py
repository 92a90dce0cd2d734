"""A live stage with its page, and a real browser that touches it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "stage")]

from running_stage import RunningStage, running  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TABLET, UPRIGHT, PHONE = (1194, 834), (834, 1194), (390, 844)
SIZES = {"tablet": TABLET, "upright": UPRIGHT, "phone": PHONE}
SHOTS = os.environ.get("OPENSTAGE_SHOTS")
"""The folder that pictures of every view are written to, where one is named."""


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
    """The demo, live, for all tests of a module. Its day stands at the hour of its look."""
    folder = tmp_path_factory.mktemp("demo")
    cwd = Path.cwd()
    options = ("--headless", "--control", "tcp://127.0.0.1:0", "--seconds", "600")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    with running(folder, "", *options, program=("demo",)) as stage:
        stage.client.set("/time/running", False)
        yield stage
    assert Path.cwd() == cwd


class Tablet:
    """A page of the stage in a browser context of its own: a tablet with a touch screen."""

    def __init__(self, browser: Any, stage: RunningStage, size: tuple[int, int], **options: Any) -> None:
        self.stage = stage
        self.origin = str(stage.ready["panel"]).rstrip("/")
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, is_mobile=False, **options
        )
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not where.endswith("/api/v1/me"):
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
    made: list[Tablet] = []

    def make(size: tuple[int, int] = TABLET, **options: Any) -> Tablet:
        made.append(Tablet(browser, demo, size, **options))
        return made[-1]

    yield make
    for one in made:
        errors, foreign = list(one.errors), list(one.foreign)
        one.close()
        assert not errors
        assert not foreign
