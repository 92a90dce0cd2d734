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

from live_demo import live_demo  # noqa: E402
from running_stage import RunningStage  # noqa: E402
from tablets import Tablet, looked_after  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of this machine, without a window.

    Of a module and not of the session, since Playwright keeps an event loop running, in which other tests cannot start theirs.
    """
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


@pytest.fixture
def tablet(browser: Any, demo: RunningStage) -> Iterator[Callable[..., Tablet]]:
    """Makes tablets of the demo; each is looked after: no error on its page, and nothing asked of another host."""
    with looked_after(browser, demo) as make:
        yield make
