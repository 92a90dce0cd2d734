"""What `stage check` says of lights: their profiles, patch, aims and what would be seen of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from stage.command_line.check import examine
from stage.config.findings import Findings
from stage.config.records import StageConfig
from stage.loading.files import load_config
from stage.loading.fixtures import FIXTURES, read_profile, shipped_fixtures
from stage.loading.run_copy import load_run_copy, make_run_copy
from tests.building import camera, light, stage_text, table

MILLIMETRES = (1000.0, 2000.0, 3000.0)


def found(tmp_path: Path, *pieces: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Errors and warnings of a stage with these pieces, without the file's name."""
    file = tmp_path / "stage.toml"
    file.write_text(stage_text(camera("A"), *pieces))
    report = examine(file)
    return tuple(tuple(line.removeprefix(f"{file}: ") for line in lines) for lines in (report.errors, report.warnings))


def only(lines: tuple[str, ...]) -> str:
    (line,) = lines
    return line


@pytest.mark.parametrize("name", shipped_fixtures())
def test_shipped_profile_is_good_and_says_first_what_it_is(name):
    findings = Findings(name)
    assert read_profile(FIXTURES / f"{name}.toml", findings) is not None, findings.lines()
    assert (FIXTURES / f"{name}.toml").read_text().startswith("# ")


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        ([light(fixture="par")], "lights[0].fixture: found 'par', expected one of generic_"),
        ([light(fixture="my.toml")], "lights[0].fixture: my.toml: cannot be read"),
        ([light(fixture="my.gdtf")], "lights[0].fixture: my.gdtf: cannot be read"),
        ([light(mode="7 channels")], "lights[0].mode: found '7 channels', expected one of the modes of"),
        ([light(address=505)], "lights[0].address: found 505 for the 10 channels"),
        ([light("a"), light("b", address=8)], "lights[1].address: found 8 to 17 of universe 1, which lights[0] has"),
        ([light("a"), light("a", address=30)], "lights[1].name: found 'a' again"),
        ([light("a", key="k"), light("b", key="k", address=30)], "lights[1].key: found 'k' again"),
        ([light("a"), light("b", universe=64_000)], "lights[1].universe: found 64000, expected a whole number from 1"),
        ([light(wall="side")], "lights[0].wall: found 'side', expected one of ['main']"),
        ([light(region=(0.5, 0.0, 0.5, 1.0))], "lights[0].region: found [0.5, 0.0, 0.5, 1.0], expected left, top"),
        ([light(minimum=0.6, maximum=0.5)], "lights[0].minimum: found 0.6 above maximum = 0.5"),
        ([light(groups=("a", "a"))], "lights[0].groups[1]: found 'a', expected names"),
        ([light(emitters=[{"name": "lime"}])], "lights[0].emitters[0].name: found 'lime', expected one of"),
        ([light(name="")], "lights[0].name: found '', expected 1 to 100"),
        ([light(universe=40_000), table("[dmx]", out="artnet")], "lights[0].universe: found 40000, expected at most"),
        ([table("[dmx]", out="kinet")], "dmx.out: found 'kinet', expected sacn, artnet"),
        ([table("[dmx]", interface="eth0")], "dmx.interface: found 'eth0', expected an IPv4 address"),
        ([table("[dmx]", nodes=["node"])], "dmx.nodes[0]: found 'node', expected an IPv4 address"),
        ([table("[dmx]", in_from=["desk"])], "dmx.in_from[0]: found 'desk', expected an IPv4 address or network"),
        (
            [table("[dmx]", interface="127.0.0.1", out="artnet", in_protocol="artnet", in_from=["192.0.2.20"])],
            "dmx.in_protocol: found artnet from a desk, and artnet to the lights with nodes that are asked",
        ),
        (
            [light(), light("b", universe=2), table("[dmx]", out="serial:///dev/ttyUSB1")],
            "dmx.out: found a serial widget for the universes 1, 2",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(tmp_path, pieces, line):
    errors, _ = found(tmp_path, *pieces)
    assert only(errors).startswith(line)


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        ([light(aim_m=(1.0, 2.0, 3.0))], "lights[0].aim_m: warning: found [1, 2, 3], where the light itself stands"),
        (
            [light(position_m=MILLIMETRES)],
            "lights[0].position_m: warning: found [1000, 2000, 3000], far from the stage",
        ),
        ([light(pwm_hz=300.0)], "lights[0].pwm_hz: warning: found 300 Hz, 6.2 cycles in an exposure of camera 'A'"),
    ],
)
def test_what_is_hardly_meant_is_warned_of(tmp_path, pieces, line):
    errors, warnings = found(tmp_path, *pieces)
    assert errors == ()
    assert any(warning.startswith(line) for warning in warnings), warnings


def test_names_in_any_script_get_keys_and_a_profile_beside_the_configuration_travels_into_the_runs_copy(tmp_path):
    (tmp_path / "mine.toml").write_text((FIXTURES / "generic_rgb_bar_16.toml").read_text())
    pieces = (light("主光", fixture="mine.toml", groups=("前",)), light("Führung", address=60))
    (tmp_path / "stage.toml").write_text(stage_text(camera("A"), *pieces))
    loaded = load_config(tmp_path / "stage.toml")
    keys = [one.key for one in loaded.config.all_lights()]
    assert len(set(keys)) == 2
    assert all(key and key.isascii() for key in keys)
    assert loaded.config.mode_of(loaded.config.lights[0]).cells == 16
    runtime = tmp_path / "run"
    runtime.mkdir()
    make_run_copy(loaded, runtime)
    (tmp_path / "mine.toml").unlink()
    copy = load_run_copy(runtime)
    assert copy is not None
    assert copy.profiles == loaded.profiles
    assert copy.config == loaded.config
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(loaded.config), type=StageConfig) == loaded.config
