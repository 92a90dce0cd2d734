"""What tests of running stages share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest


@pytest.fixture
def own_runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run folders where no other run on this machine looks for left ones; with a short name, since sockets are there."""
    with tempfile.TemporaryDirectory(prefix="runs") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield
