import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running_stage import command_here

from calibration.rasters.positions import MAX_WALL_PIXELS
from render.gpu.context import create_headless_context
from stage.cli import main
from stage.config.reader import parse_config
from stage.config.starter import starter
from stage.doctor.configuration import examine_stage
from stage.doctor.machine import PACKAGES, examine_machine
from stage.doctor.site import examine_site, write_speed
from stage.loading.files import read_preset
from tests.examples import hostile
from tracking.records import ConfigError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("wall", ["arc", "plane"])
@pytest.mark.parametrize("tracker", ["freed", "opentrackio", "osc"])
@pytest.mark.parametrize("rate", ["60", "50", "24000/1001", "59.94"])
def test_every_starter_is_a_right_configuration(wall, tracker, rate):
    text = starter("A", wall=wall, tracker=tracker, resolution_px=(1920, 480), rate_hz=rate)
    config = parse_config(text, "starter.toml", read_preset)
    assert config.trackers[0].protocol == tracker
    assert config.walls[0].resolution_px == (1920, 480)
    assert float(config.stage.rate()) == pytest.approx(float(Fraction(rate)))


@given(st.text(min_size=1, max_size=100).filter(lambda name: name.isprintable() and name.strip()))
@hostile()
def test_any_printable_name_survives_into_the_configuration(name):
    text = starter(name, wall="arc", tracker="freed", resolution_px=(64, 32), rate_hz="60")
    assert tomllib.loads(text)["stage"]["name"] == " ".join(name.split())


@given(st.integers(16, 4096), st.integers(16, 4096))
def test_the_leds_of_a_starter_are_square(columns, rows):
    arc = tomllib.loads(starter("a", wall="arc", tracker="freed", resolution_px=(columns, rows), rate_hz="60"))
    shape = arc["walls"][0]["shape"]
    width = shape["radius_m"] * math.radians(shape["sweep_deg"])
    assert shape["height_m"] / rows == pytest.approx(width / columns, rel=0.01, abs=1e-4)


def test_new_writes_a_file_once_and_never_over_another(tmp_path, capsys):
    path = tmp_path / "studio.toml"
    words = ["new", "Studio", "--out", str(path), "--resolution", "640x160", "--rate", "24000/1001"]
    with pytest.raises(SystemExit) as first:
        main(words)
    assert first.value.code in (0, None)
    assert parse_config(path.read_text(), str(path), read_preset).stage.name == "Studio"
    path.write_text("mine")
    with pytest.raises(SystemExit) as second:
        main(words)
    assert second.value.code == 2
    assert "expected none" in capsys.readouterr().err
    assert path.read_text() == "mine"


RATES = st.one_of(
    st.integers(0, 600).map(str),
    st.floats(0.0, 600.0).map(lambda rate: f"{rate:.3f}"),
    st.tuples(st.integers(0, 90_000), st.integers(0, 1002)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=101)


@settings(deadline=None)
@given(
    name=NAMES,
    wall=st.sampled_from(["arc", "plane"]),
    tracker=st.sampled_from(["freed", "opentrackio", "osc"]),
    size=st.tuples(st.integers(16, 300), st.integers(16, 300)),
    rate=RATES,
    tracker_rate=st.floats(0.0, 1100.0),
)
def test_whatever_new_accepts_check_calls_good(*, name, wall, tracker, size, rate, tracker_rate):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.toml"
        words = ["--out", str(path), "--wall", wall, "--tracker", tracker, "--rate", rate]
        words += ["--resolution", f"{size[0]}x{size[1]}", "--tracker-rate", str(tracker_rate), "--", name]
        accepted = command_here("new", *words).returncode == 0
        assert accepted == path.exists()
        assert not accepted or examine_stage(path).errors == ()


@pytest.mark.parametrize("size", ["16384x16", "16x16384", "16x16"])
def test_walls_of_the_longest_and_shortest_sides_are_good(tmp_path, size):
    for wall in ("arc", "plane"):
        path = tmp_path / f"{wall}.toml"
        assert command_here("new", "A", "--out", str(path), "--wall", wall, "--resolution", size).returncode == 0
        assert examine_stage(path).errors == ()
    assert MAX_WALL_PIXELS == 16384 * 4096


@pytest.mark.parametrize("tracker", ["freed", "opentrackio", "osc"])
def test_the_tracker_of_a_starter_has_a_rate_of_its_own(tracker):
    film = {"wall": "arc", "tracker": tracker, "resolution_px": (64, 32), "rate_hz": "24000/1001"}
    assert tomllib.loads(starter("A", **film))["trackers"][0]["rate_hz"] == 60
    assert tomllib.loads(starter("A", **film, tracker_rate_hz=119.88))["trackers"][0]["rate_hz"] == 119.88


def test_new_names_its_file_after_the_stage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["new", "Studio 2: North!"])
    assert [path.name for path in tmp_path.iterdir()] == ["studio_2_north.toml"]


@pytest.mark.parametrize(
    "words",
    [
        ("--resolution", "big"),
        ("--resolution", "8x8"),
        ("--resolution", "16384x16384"),
        ("--rate", "800"),
        ("--rate", "500.1"),
        ("--rate", "1e3"),
        ("--rate", "0"),
        ("--rate", "1/0"),
        ("--rate", "fast"),
        ("--out", "/nowhere/at/all.toml"),
    ],
)
def test_new_refuses_what_it_cannot_write(tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as refused:
        main(["new", "A", *words])
    assert refused.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def examined(tmp_path, **environment):
    """A whole `stage doctor --json`, without a PYTHONPATH that leads to the packages."""
    return subprocess.run(
        [sys.executable, "-m", "stage", "doctor", "--json", "--takes", str(tmp_path)],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def examination(tmp_path_factory):
    """What the doctor says of this machine, and the folder for takes that it was given."""
    folder = tmp_path_factory.mktemp("takes")
    return examined(folder), folder


@pytest.mark.gl
def test_doctor_names_what_really_draws_and_finds_no_fault_where_there_is_none(examination):
    context = create_headless_context()
    renderer = context.info["GL_RENDERER"]
    context.release()
    done, _ = examination
    findings = json.loads(done.stdout)["findings"]
    (drawing,) = [finding for finding in findings if finding["name"] == "drawing"]
    assert renderer in drawing["found"]
    assert drawing["state"] == ("warn" if "llvmpipe" in renderer else "ok")
    assert "display" in {finding["name"] for finding in findings}
    assert done.returncode == 0, [finding for finding in findings if finding["state"] == "fail"]


def test_doctor_reports_a_missing_driver(tmp_path):
    hidden = {"__EGL_VENDOR_LIBRARY_FILENAMES": "/nonexistent", "LIBGL_DRIVERS_PATH": "/nonexistent"}
    done = examined(tmp_path, GALLIUM_DRIVER="absent", **hidden)
    (drawing,) = [finding for finding in json.loads(done.stdout)["findings"] if finding["name"] == "drawing"]
    assert (done.returncode, drawing["state"]) == (1, "fail")
    assert "OpenGL" in drawing["found"]


def test_doctor_reports_the_machine_as_json_with_a_cure_for_every_fault(examination):
    done, folder = examination
    findings = json.loads(done.stdout)["findings"]
    assert {finding["state"] for finding in findings} <= {"ok", "warn", "fail"}
    assert all(finding["found"] for finding in findings)
    assert all(finding["cure"] for finding in findings if finding["state"] != "ok")
    assert done.returncode == int(any(finding["state"] == "fail" for finding in findings))
    names = {finding["name"] for finding in findings}
    assert {"python", "packages", "drawing", "real-time priority", "receive buffer", "ports", "disk speed"} <= names
    assert list(folder.iterdir()) == []


def test_doctor_looks_for_every_package_that_the_project_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[<>=~ ]", line)[0] for line in project["dependencies"]}
    assert set(PACKAGES) == needed


def test_doctor_leaves_this_process_without_real_time_priority():
    for _ in examine_machine():
        pass
    assert os.sched_getscheduler(0) not in (os.SCHED_FIFO, os.SCHED_RR)


def findings_for(config, tmp_path, text):
    config.write_text(text)
    return {finding.name: finding for finding in examine_site(config, tmp_path)}


def test_doctor_opens_what_a_configuration_names(tmp_path):
    text = starter("A", wall="arc", tracker="freed", resolution_px=(1024, 320), rate_hz="60")
    free = text.replace("udp://:40000", "udp://127.0.0.1:0")
    found = findings_for(tmp_path / "a.toml", tmp_path, free)
    assert (found["configuration"].state, found["tracker sources"].state) == ("ok", "ok")
    absent = text.replace("udp://:40000", "serial:///dev/absent")
    found = findings_for(tmp_path / "b.toml", tmp_path, absent)
    assert found["tracker sources"].state == "fail"
    assert "/dev/absent is not there" in found["tracker sources"].found


def test_doctor_reports_a_broken_configuration_and_a_port_in_use(tmp_path):
    assert findings_for(tmp_path / "a.toml", tmp_path, "[[walls]")["configuration"].state == "fail"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        text = starter("A", wall="arc", tracker="freed", resolution_px=(64, 32), rate_hz="60")
        text = text.replace("udp://:40000", "udp://127.0.0.1:0").replace("127.0.0.1:7780", f"127.0.0.1:{port}")
        ports = findings_for(tmp_path / "b.toml", tmp_path, text)["ports"]
    assert ports.state == "warn"
    assert f"panel {port}/tcp" in ports.found


def test_doctor_reports_a_takes_folder_that_does_not_exist(tmp_path):
    found = {finding.name: finding for finding in examine_site(None, tmp_path / "absent")}
    assert found["disk for takes"].state == "fail"


def test_the_disk_is_measured_and_left_as_it_was(tmp_path):
    assert write_speed(tmp_path, 1 << 20) > 0.0
    assert list(tmp_path.iterdir()) == []


def test_starters_refuse_unknown_presets():
    with pytest.raises(ConfigError, match="nobody"):
        read_preset("nobody")
