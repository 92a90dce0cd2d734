"""`stage lights`: what it says of files, and what it does with the lamps of a running stage."""

import csv
import io
import json
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from running_stage import ROOT, command_here, configuration, running, wait_for

from stage.control.client import ControlError
from stage.control.light_views import configured_lights
from stage.doctor.patch_sheet import as_csv, as_html, as_markdown, patch_sheet
from stage.loading.files import load_config
from tests.stage.fixture_texts import gdtf

LIGHT = """
[[lights]]
name = "{name}"
fixture = "{fixture}"
universe = {universe}
address = {address}
position_m = [1.0, -2.0, 3.0]
aim_m = [0.0, 0.5, 1.5]
"""
KEY = LIGHT.format(name="Key", fixture="generic_cct_16bit", universe=2, address=101)
BACK = LIGHT.format(name="Back <b>|", fixture="generic_rgb_bar_16", universe=1, address=1)
TOUCHED = ("follow", "intensity", "colour", "red", "temperature_k")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with running(tmp_path_factory.mktemp("lights"), configuration(more=KEY + BACK), "--headless") as found:
        yield found


def asked(stage, *words):
    """What a command says of the running stage."""
    done = command_here("lights", *words, "--endpoint", stage.ready["control"])
    assert done.returncode == 0, done.stderr
    return done.stdout


def gives(stage, key):
    """Level and x of what a light gives now, as the lights process tells it some frames later."""
    (found,) = (one for one in stage.client.lights() if one["key"] == key)
    return (found["level"], found["x"] and round(found["x"], 3))


def test_lights_are_listed_of_a_file_and_of_the_running_stage(stage):
    of_file = json.loads(command_here("lights", "list", str(stage.folder / "stage.toml"), "--json").stdout)
    assert [one["level"] for one in of_file] == [None, None]
    white = {"follow": "off", "intensity": 1.0, "colour": "temperature", "temperature_k": 5600.0, "tint": 0.0}
    stage.client.batch({f"/light/key/{name}": value for name, value in white.items()} | {"/light/key/address": 201.0})
    stage.client.set("/light/key/x_m", 1.5)
    wait_for(lambda: gives(stage, "key") == (1.0, 0.330))
    key, back = json.loads(asked(stage, "list", "--json"))
    assert (key["address"], key["channels"], key["position_m"]) == (201, 6, [1.5, -2.0, 3.0])
    assert key["moved"] == {"x_m": 1.0, "address": 101.0}
    assert (key["level"], round(key["x"], 3)) == (1.0, 0.330)
    assert (back["cells"], back["moved"]) == (16, {})
    words = asked(stage, "list")
    assert "2.201-206" in words
    assert "Key differs from the file: x_m was 1, address was 101" in words


def test_where_lamps_stand_is_saved_beside_what_was_saved_before(stage):
    stage.client.set("/grade/tint", 0.25)
    stage.client.save()
    stage.client.set("/grade/tint", 0.5)
    stage.client.set("/light/key/aim_z_m", 1.25)
    said = json.loads(asked(stage, "save", "--json"))
    (file,) = (stage.folder / "shows").rglob("startup.json")
    saved = json.loads(file.read_text())["values"]
    assert said["count"] >= 1
    assert saved["/grade/tint"] == 0.25
    assert saved["/light/key/aim_z_m"] == 1.25
    stage.client.set("/light/key/aim_z_m", 1.5)
    asked(stage, "save")
    assert "/light/key/aim_z_m" not in json.loads(file.read_text())["values"]


def test_a_lamp_is_stepped_through_its_colours_and_put_back(stage):
    stage.client.batch({"/light/key/intensity": 0.3, "/light/key/follow": "world"})
    before = {name: stage.client.get(f"/light/key/{name}") for name in TOUCHED}
    seen = []
    ended = threading.Event()

    def move_until_it_is_held_and_watch():
        with suppress(ControlError):
            for kelvin in range(3000, 20_000):
                stage.client.set("/light/key/temperature_k", float(kelvin))
                before["temperature_k"] = float(kelvin)
        while not ended.is_set():
            seen.append(stage.client.get("/light/key/intensity"))

    watcher = threading.Thread(target=move_until_it_is_held_and_watch)
    watcher.start()
    words = asked(stage, "test", "Key", "--step-s", "0.1")
    ended.set()
    watcher.join()
    assert [line.split(": ")[1] for line in words.splitlines()] == ["red", "green", "blue", "white", "full", "off"]
    assert {1.0, 0.5, 0.0} <= set(seen)
    assert {name: stage.client.get(f"/light/key/{name}") for name in TOUCHED} == before


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_blinking_lamp_is_put_back_when_somebody_ends_it(stage, ending):
    before = stage.client.get("/light/back-b/intensity")
    words = ["identify", "Back <b>|", "--seconds", "600", "--endpoint", stage.ready["control"]]
    with subprocess.Popen([sys.executable, "-m", "stage", "lights", *words], cwd=ROOT) as blinking:
        wait_for(lambda: stage.client.get("/light/back-b/intensity") == 0.0)
        blinking.send_signal(ending)
    assert blinking.returncode == 0
    assert stage.client.get("/light/back-b/intensity") == before
    assert stage.client.status()["leases"] == []


def test_what_is_not_there_is_refused(stage, tmp_path):
    assert command_here("lights", "test", "nobody", "--endpoint", stage.ready["control"]).returncode == 2
    assert command_here("lights", "test").returncode == 2
    assert command_here("lights", "patch-sheet", str(stage.folder / "stage.toml"), "--out", "p.pdf").returncode == 2
    assert command_here("lights", "check", str(tmp_path / "none.gdtf")).returncode == 2
    (tmp_path / "broken.gdtf").write_bytes(b"no archive")
    refused = command_here("lights", "check", str(tmp_path / "broken.gdtf"))
    assert (refused.returncode, "broken.gdtf: " in refused.stderr) == (1, True)


def test_a_fixture_is_told_channel_by_channel(tmp_path):
    (tmp_path / "par.gdtf").write_bytes(gdtf())
    told = json.loads(command_here("lights", "check", str(tmp_path / "par.gdtf"), "--json").stdout)
    (mode,) = told["modes"]
    assert (told["name"], mode["cells"]) == ("Par of the tests", 2)
    assert [one["does"] for one in mode["channels"]][-1] == "level of warm white, cell 2"
    words = command_here("lights", "check", str(tmp_path / "par.gdtf")).stdout
    assert "1 and 2 (16 bit): intensity" in words


@pytest.mark.parametrize(
    ("meaning", "does"),
    [
        ("points = [[0.0, 20.0], [1.0, 0.0]]", "strobe, held open, 20 to 0 Hz"),
        ("points = [[0.0, 20.0], [1.0, 1.0]]", "strobe, which always flashes, 20 to 1 Hz"),
        ("default = 0.2", "strobe, held at 20%"),
    ],
)
def test_a_strobe_is_said_to_be_open_only_where_its_profile_says_so(tmp_path, meaning, does):
    channels = f'{{ offset = 1, attribute = "intensity" }}, {{ offset = 2, attribute = "strobe", {meaning} }}'
    file = tmp_path / "panel.toml"
    file.write_text(f'name = "Panel"\n[[modes]]\nname = "2"\nslots = 2\nchannels = [{channels}]\n')
    assert f"2: {does}\n" in command_here("lights", "check", str(file)).stdout + "\n"


def test_a_configuration_is_told_with_what_it_costs(stage):
    told = json.loads(command_here("lights", "check", str(stage.folder / "stage.toml"), "--json").stdout)
    assert (told["lights"], told["cells"], told["channels"], told["universes"]) == (2, 17, 54, [1, 2])
    assert told["packets_s"] == 88


def test_a_patch_sheet_has_a_table_for_each_universe_and_runs_no_markup(stage):
    lights = configured_lights(load_config(stage.folder / "stage.toml").config)
    sheet = patch_sheet("=1+1", lights)
    assert {universe: [row[:4] for row in rows] for universe, rows in sheet.universes.items()} == {
        1: [("1", "48", "Back <b>|", "back-b")],
        2: [("101", "106", "Key", "key")],
    }
    assert "Back &lt;b&gt;|" in as_html(sheet)
    assert "Back \\<b\\>\\|" in as_markdown(sheet)
    rows = list(csv.reader(io.StringIO(as_csv(sheet))))
    assert [row[:4] for row in rows[1:]] == [["1", "1", "48", "Back <b>|"], ["2", "101", "106", "Key"]]
