"""What tests of running stages share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_stage import WebStage, web_stage


@pytest.fixture
def own_runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run folders where no other run on this machine looks for left ones; with a short name, since sockets are there."""
    with tempfile.TemporaryDirectory(prefix="runs") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield


@pytest.fixture(scope="module")
def web_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's folder of the stage `web`."""
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="module")
def web(web_folder: Path) -> Iterator[WebStage]:
    """A stage with its web process that the network reaches, for all tests of a module; some have one of their own."""
    with web_stage(web_folder, "0.0.0.0:0") as made:
        yield made
