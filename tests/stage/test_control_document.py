"""What docs/control.md gives for OSC and for a Stream Deck, done as it stands there beside a running stage."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import urllib.request
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from pythonosc.udp_client import SimpleUDPClient
from running_stage import ROOT, RunningStage, configuration, free_udp_port, running, wait_for

DOCUMENT = (ROOT / "docs" / "control.md").read_text()
BUTTON = re.compile(r"^\| ([^|]+?) \| `(\{[^|]+\})` \| `([^`]+)`(?: with ([\d.]+))? \|$", re.MULTILINE)
"""A row of the table of buttons: what is on it, its HTTP body, its OSC address and the number behind that."""
pytestmark = pytest.mark.gl


class Documented(NamedTuple):
    stage: RunningStage
    port: int
    section: dict[str, object]


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documented]:
    """A stage that has the section of the document, with other ports."""
    (text,) = [found for found in re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL) if found.startswith("[osc]")]
    port, hears = free_udp_port(), free_udp_port()
    text = text.replace(":7790", f":{port}").replace(":9000", f":{hears}")
    with running(tmp_path_factory.mktemp("document"), configuration(more=text), "--panel") as stage:
        wait_for(lambda: "OSC at" in stage.stderr)
        for number in (1, 2, 3):
            stage.client.cue_add([{"number": number, "values": {"/outer/saturation": 0.25 * number}, "fade_s": 30.0}])
        yield Documented(stage, port, tomllib.loads(text)["osc"])
        assert stage.end()[0] == 0


def taken(stage: RunningStage) -> dict[str, object]:
    """What buttons change."""
    status, values = stage.client.status(), stage.client.snapshot()["values"]
    cues = status["cues"]
    return {
        "GO": cues["pointer"],
        "BACK": cues["pointer"],
        "HOLD": cues["held"],
        "Dusk in 3 s": stage.client.look_diff("Dusk")["total"] == 0,
        "Record": status["take"]["state"] == "recording",
        "Cut": status["take"]["state"] == "recording",
        "Black": values["/output/blackout"],
    }


def begin_anew(stage: RunningStage) -> None:
    """The second cue plays, and nothing of what buttons do is in force."""
    stage.client.set("/output/blackout", value=False)
    stage.client.cue_resume()
    stage.client.cue_goto(1)
    stage.client.cue_go()
    if stage.client.status()["take"]["state"] == "recording":
        stage.client.take_stop()
    stage.client.set("/sky/clouds/coverage", 1.0)


AFTERWARDS = {"GO": 3.0, "BACK": 1.0, "HOLD": True, "Dusk in 3 s": True, "Record": True, "Cut": False, "Black": True}


@pytest.mark.parametrize("way", ["HTTP", "OSC"])
def test_each_button_does_what_is_on_it(documented: Documented, way: str) -> None:
    stage, buttons = documented.stage, BUTTON.findall(DOCUMENT)
    assert [name for name, *_ in buttons] == ["GO", "BACK", "HOLD", "Dusk in 3 s", "Record", "Cut", "Black"]
    desk = SimpleUDPClient("127.0.0.1", documented.port)
    for name, body, address, number in buttons:
        if name != "Cut":
            begin_anew(stage)
        if way == "HTTP":
            url = f"{stage.ready['panel']}/api/v1/command"
            request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=10.0) as answer:
                assert json.load(answer)["type"] == "ok"
        else:
            desk.send_message(address, float(number) if number else [])
        wait_for(lambda name=name: taken(stage)[name] == AFTERWARDS[name], what=f"{name} over {way}")
    assert documented.section["role"] == "director", "which is enough for every button"


def test_the_osc_example_is_carried_out(documented: Documented) -> None:
    (text,) = [found for found in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL) if "SimpleUDPClient" in found]
    stage = documented.stage
    begin_anew(stage)
    exec(compile(text.replace("7790", str(documented.port)), "control.md", "exec"), {})
    wait_for(lambda: stage.client.status()["cues"]["pointer"] == 3.0, what="GO")
    wait_for(lambda: taken(stage)["Dusk in 3 s"], what="the look")
    assert "refused" not in stage.stderr


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="liblo's tools are not installed")
def test_the_lines_for_liblo_are_carried_out(documented: Documented) -> None:
    stage, lines = documented.stage, re.findall(r"^\$ (oscsend .*)$", DOCUMENT, re.MULTILINE)
    begin_anew(stage)
    for line in lines:
        subprocess.run(line.replace("7790", str(documented.port)).split(), check=True, timeout=10.0)
    values = ("/grade/exposure_stops -0.5 over 1 s", "/output/freeze True", "/output/freeze False")
    done = [*(f"set {one}" for one in values), "cue action go"]
    wait_for(
        lambda: [one["asked"] for one in stage.client.log(4) if not one["code"]] == done, what="all four in the log"
    )
