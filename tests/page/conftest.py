"""A live stage with its page, and a real browser that touches it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "stage")]

from live_demo import live_demo  # noqa: E402
from running_stage import RunningStage  # noqa: E402
from tablets import Tablet, looked_after  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("HttpsUpgrades", "MediaRouter", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
)
"""What Chromium leaves out: the process that it draws its own address bar with, which costs each tablet as much as the page
does; and of what Playwright leaves out, since the last list counts, what would ask the network or hold back a first paint."""


class SharedBrowser:
    """Chromium of this machine, without a window, for all modules: it takes seconds to start."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._browser: Any = None

    def browser(self) -> Any:
        """The browser; it is started where there is none."""
        if self._browser is None:
            sync_api = pytest.importorskip(
                "playwright.sync_api", reason="playwright is not installed: ./run test sets it up"
            )
            if CHROMIUM is None:
                pytest.skip("there is no Chromium: sudo apt-get install chromium fonts-noto-cjk")
            options = [f"--disable-features={','.join(WITHOUT)}"]
            options += ["--no-sandbox", "--disable-dev-shm-usage"] if os.getuid() == 0 else []
            play = self._open.enter_context(sync_api.sync_playwright())
            self._browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
            self._open.callback(self._browser.close)
        return self._browser

    def close(self) -> None:
        """Ends it: Playwright keeps an event loop running, in which other tests cannot start theirs."""
        self._browser = None
        self._open.close()


class SharedDemo:
    """The demo of all modules that have no stage of their own: it takes seconds to start."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._stage: RunningStage | None = None

    def stage(self, folder: Callable[[], Path]) -> RunningStage:
        """The running demo; it is started in a `folder` where there is none."""
        if self._stage is None:
            self._stage = self._open.enter_context(live_demo(folder()))
        return self._stage

    def close(self) -> None:
        """Ends it, so that it takes no time from tests that do not need it."""
        self._stage = None
        self._open.close()


_DEMO = pytest.StashKey[SharedDemo]()
_AS_FOUND = "as-found"
_BROWSER = pytest.StashKey[SharedBrowser]()


def needs_demo(item: pytest.Item) -> bool:
    """Whether a test is one of those that share the demo."""
    own = isinstance(item, pytest.Function) and "demo" in item.fixturenames and not hasattr(item.module, "demo")
    return own and item.path.parent == HERE


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules come one after the other, wherever the first of them stands, and first those that share the demo."""
    sharing = {item.path for item in items if needs_demo(item)}
    first = next((place for place, item in enumerate(items) if item.path.parent == HERE), 0)
    items[first:] = sorted(items[first:], key=lambda item: (item.path.parent != HERE, item.path not in sharing))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Demo and browser end with the last test that may need them."""
    is_last = nextitem is None or nextitem.path.parent != HERE
    if is_last or hasattr(getattr(nextitem, "module", None), "demo"):
        item.config.stash.setdefault(_DEMO, SharedDemo()).close()
    if is_last:
        item.config.stash.setdefault(_BROWSER, SharedBrowser()).close()


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Any:
    """Chromium of this machine, without a window."""
    return request.config.stash.setdefault(_BROWSER, SharedBrowser()).browser()


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStage]:
    """The demo, live. A module leaves its values as it has found them."""
    shared = request.config.stash.setdefault(_DEMO, SharedDemo())
    stage = shared.stage(lambda: tmp_path_factory.mktemp("demo"))
    stage.client.save(_AS_FOUND)
    yield stage
    stage.client.load(_AS_FOUND, force=True)


@pytest.fixture
def tablet(browser: Any, demo: RunningStage) -> Iterator[Callable[..., Tablet]]:
    """Makes tablets of the demo; each is looked after: no error on its page, and nothing asked of another host."""
    with looked_after(browser, demo) as make:
        yield make
