"""A display that goes and comes back while a stage runs: held meanwhile, and shown on again by a new core."""

import os
import shutil
import subprocess

import pytest
from running_stage import configuration, running, wait_for

pytestmark = pytest.mark.gl

WINDOW = """
[[outputs]]
kind = "window"
fullscreen = false
"""
EXPOSURE = "/grade/exposure_stops"


class Screen:
    """An X server whose display has the same number each time it is switched on."""

    def __init__(self):
        self.number = 1000 + os.getpid() % 50_000
        self.on()

    def on(self):
        reading, writing = os.pipe()
        command = ["Xvfb", f":{self.number}", "-displayfd", str(writing), "-screen", "0", "640x400x24"]
        self._server = subprocess.Popen(
            [*command, "-nolisten", "tcp"],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            assert pipe.readline().strip() == str(self.number)

    def off(self):
        self._server.kill()
        self._server.wait()


@pytest.fixture
def screen(monkeypatch):
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: windows need a display")
    display = Screen()
    monkeypatch.setenv("DISPLAY", f":{display.number}")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield display
    display.off()


def codes_of(status):
    return {finding["code"]: finding["values"] for finding in status["health_codes"]}


def test_a_display_that_comes_back_is_shown_on_again_by_a_core_that_nobody_doubts(tmp_path, screen):
    with running(tmp_path, configuration(more=WINDOW)) as stage:
        stage.client.set(EXPOSURE, 1.5)
        screen.off()
        stage.event("ready")
        assert "display_missing" in codes_of(stage.until_status(lambda status: status["frame"] > 0))
        screen.on()
        stage.event("ready")
        status = wait_for(lambda: stage.ask(stage.client.status))
        assert "display_missing" not in codes_of(status)
        assert "state_doubted" not in codes_of(status)
        assert stage.ask(lambda: stage.client.get(EXPOSURE)) == 1.5
        assert stage.stderr.count("to open a display that has come") == 1
        assert stage.end()[0] == 0
