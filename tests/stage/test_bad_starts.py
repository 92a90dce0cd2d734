"""A stage that cannot start says why and what to do, in one line for each finding, and leaves with 2.

What is only missing refuses a strict run alone; `test_missing.py` has how any other holds it.
"""

import os
import re
import socket
import stat
from contextlib import ExitStack

import msgspec
import numpy as np
import pytest
from PIL import Image
from running_loader import LoaderProcess
from running_stage import WALL, command_here, configuration, free_udp_port, running, stage_command

from render.images.coded import write_png
from render.images.exr import write_exr
from stage.live.core import Core
from stage.loading.files import load_config
from stage.run.options import CoreOptions
from stage.supervision.launch import LaunchOptions, open_control_ports
from tracking.records import ConfigError

PICTURE = np.full((16, 32, 3), 128, np.uint8)
WINDOW = '[[outputs]]\nkind = "window"\nmonitor = "DP-9"\n'


def refused(*words, env=None):
    """The findings of a command that must refuse: its lines on standard error."""
    result = stage_command(*words, env=env)
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()


def start(tmp_path, toml, *options, env=None):
    """The lines of a whole `stage run` that must be refused."""
    config = tmp_path / "stage.toml"
    config.write_text(toml)
    control = () if "--control" in options else ("--control", "tcp://127.0.0.1:0")
    folders = ("--state", str(tmp_path / "state"), "--takes", str(tmp_path / "takes"))
    return refused("run", str(config), *control, *folders, "--no-panel", *options, env=env)


@pytest.fixture(scope="module")
def loaded_run(tmp_path_factory):
    """The folder of runs that have a loader."""
    runtime = tmp_path_factory.mktemp("run")
    loader = LoaderProcess(runtime)
    yield runtime
    loader.close()


def findings(tmp_path, toml, control="tcp://127.0.0.1:0", lan=None, runtime=None):
    """The findings of a core that must be refused, which its process prints one a line."""
    (tmp_path / "stage.toml").write_text(toml)
    config = tmp_path / "stage.toml"
    launched = LaunchOptions(config=config, control=control, lan=lan, insecure_lan=lan is not None)
    options = CoreOptions(
        config=str(config),
        runtime=str(runtime or tmp_path),
        takes=str(tmp_path / "takes"),
        state=str(tmp_path / "state"),
        show=str(tmp_path / "show"),
        strict=True,
    )

    def opened(stack):
        ports = open_control_ports(launched, load_config(config, world_may_be_absent=False), patience_s=0.0)
        stack.callback(ports.close)
        Core(msgspec.structs.replace(options, ports=ports.bound), stack)

    with ExitStack() as stack, pytest.raises(ConfigError) as caught:
        opened(stack)
    assert not any("\n" in finding for finding in caught.value.findings)
    return list(caught.value.findings)


def only_line(lines, *words):
    (line,) = lines
    for word in words:
        assert word in line, (word, line)


def panorama(file):
    return configuration(world=f'kind = "panorama"\nfile = "{file}"')


def test_a_missing_configuration(tmp_path):
    only_line(refused("run", str(tmp_path / "absent.toml")), "absent.toml", "No such file", "give the path")


def test_a_configuration_that_is_a_folder(tmp_path):
    result = command_here("run", str(tmp_path))
    assert result.returncode == 2
    only_line(result.stderr.splitlines(), str(tmp_path), "cannot be read")


def test_every_finding_of_a_configuration_at_once(tmp_path):
    toml = configuration(rate="-3").replace("latency_ms", "latency_sm")
    lines = start(tmp_path, toml + '[[camera]]\nname = "A"\n')
    text = "\n".join(lines)
    assert len(lines) >= 2
    assert all(line.startswith(str(tmp_path / "stage.toml")) for line in lines)
    assert re.search(r"walls\[0\].*latency_sm.*latency_ms", text)
    assert "cameras" in text


def test_a_frame_rate_that_no_stage_has(tmp_path):
    only_line(findings(tmp_path, configuration(rate="-3")), "stage.frame_rate_hz", "-3", "expected")


def test_a_control_port_in_use_names_the_port_and_the_cure(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lines = start(tmp_path, configuration(), "--control", f"tcp://127.0.0.1:{port}")
    only_line(lines, "--control", str(port), "in use", "choose another")


def test_a_tracker_port_in_use_names_tracker_port_and_cure(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        lines = start(tmp_path, configuration(("f", "freed", f"udp://127.0.0.1:{port}", 1)), "--strict")
    only_line(lines, "stage.toml: trackers[0].source: ", str(port), "in use", "choose another")


def test_a_missing_serial_device_names_what_is_there(tmp_path):
    lines = findings(tmp_path, configuration(("f", "freed", "serial:///dev/ttyABSENT9", 1)))
    only_line(lines, "stage.toml: trackers[0].source: ", "/dev/ttyABSENT9", "not there", "plug it in")


def test_two_trackers_that_cannot_be_opened_are_both_reported(tmp_path):
    toml = configuration(
        ("f", "freed", "serial:///dev/ttyABSENT8", 1), ("g", "freed", f"udp://192.0.2.77:{free_udp_port()}", 2)
    )
    lines = findings(tmp_path, toml)
    assert len(lines) == 2
    assert "ttyABSENT8" in lines[0]
    assert "192.0.2.77" in lines[1]


def test_a_missing_panorama_is_found_by_a_strict_run_check_and_still(tmp_path):
    toml = panorama("absent.exr") + '[[cameras]]\nname = "A"\n'
    words = ("world.file", "absent.exr", "no such file")
    only_line(start(tmp_path, toml, "--strict"), *words)
    config = str(tmp_path / "stage.toml")
    still = ("still", config, "--camera", "A", "--pose", "0 0 1.5 0 0 0", "--out", str(tmp_path / "out"))
    for code, result in ((1, command_here("check", config)), (2, command_here(*still))):
        assert result.returncode == code
        only_line(result.stderr.splitlines(), *words)


@pytest.mark.parametrize("kind", ["png", "exr", "jpg", "hdr"])
def test_a_panorama_that_is_cut_off(tmp_path, kind, loaded_run):
    whole = tmp_path / f"whole.{kind}"
    if kind == "exr":
        write_exr(whole, PICTURE.astype(np.float32))
    elif kind == "hdr":
        whole.write_bytes(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 16 +X 32\n" + bytes(range(1, 200)))
    else:
        write_png(tmp_path / "whole.png", np.random.default_rng(1).integers(0, 255, (64, 128, 3)).astype(np.uint8))
        if kind == "jpg":
            Image.open(tmp_path / "whole.png").save(whole)
    content = whole.read_bytes()
    (tmp_path / f"cut.{kind}").write_bytes(content[: len(content) * 2 // 3])
    only_line(findings(tmp_path, panorama(f"cut.{kind}"), runtime=loaded_run), f"cut.{kind}", "found")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "empty file"), (b"a song" + bytes(50), "first bytes"), (bytes(500), "first bytes")],
    ids=["empty", "another kind", "zeros"],
)
def test_a_panorama_that_is_not_a_picture(tmp_path, content, expected, loaded_run):
    (tmp_path / "odd.png").write_bytes(content)
    only_line(findings(tmp_path, panorama("odd.png"), runtime=loaded_run), "odd.png", expected, "expected a picture")


def test_a_panorama_that_is_a_folder(tmp_path, loaded_run):
    (tmp_path / "folder.exr").mkdir()
    only_line(findings(tmp_path, panorama("folder.exr"), runtime=loaded_run), "folder.exr", "not an ordinary file")


def test_a_takes_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    lines = start(tmp_path, configuration(), "--strict", "--record", str(tmp_path / "file" / "takes"))
    only_line(lines, "--record", "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_takes_folder_that_may_not_be_written(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    only_line(start(tmp_path, configuration(), "--strict", "--record", str(locked)), "--record", "may not be written")


def test_a_folder_of_pictures_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    more = f'[[outputs]]\nkind = "file"\ndirectory = "{tmp_path / "file" / "pictures"}"\n'
    only_line(findings(tmp_path, configuration(more=more)), "pictures", "expected a folder")


def test_no_driver_for_graphics(tmp_path):
    hidden = {
        "LIBGL_DRIVERS_PATH": "/nonexistent",
        "__EGL_VENDOR_LIBRARY_FILENAMES": "/nonexistent",
        "GALLIUM_DRIVER": "absent",
        "DISPLAY": "",
    }
    lines = start(tmp_path, configuration(), env=hidden)
    only_line(lines[-1:], "OpenGL", "install")
    assert len(lines) <= 3


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("nonsense", "expected tcp://ADDRESS:PORT"),
        ("tcp://127.0.0.1:99999", "at most 65533"),
        ("tcp://0.0.0.0:7700", "--insecure-lan"),
        ("tcp://192.0.2.55:7700", "stage control keys add"),
        ("tcp://stage.example:7700", "is not an IP address"),
    ],
)
def test_a_control_endpoint_that_cannot_be(tmp_path, endpoint, expected):
    only_line(findings(tmp_path, configuration(), endpoint), "--control", endpoint, expected)


def test_an_address_of_another_machine_for_clients_of_the_network(tmp_path):
    lines = findings(tmp_path, configuration(), lan="192.0.2.55")
    only_line(lines, "192.0.2.55", "not an address of this machine")


def test_a_page_for_the_network_at_what_is_no_address(tmp_path):
    only_line(
        start(tmp_path, configuration(), "--panel", "--lan", "nonsense"), "--lan", "'nonsense'", "of this machine"
    )


def test_a_window_without_a_display(tmp_path):
    lines = start(tmp_path, configuration(more=WINDOW), env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    only_line(lines, "no display", "--headless")


def test_a_mesh_that_is_not_there(tmp_path):
    toml = configuration().replace(WALL.splitlines()[-1], 'shape = { kind = "mesh", file = "absent.obj" }')
    only_line(findings(tmp_path, toml), "absent.obj")


TRACKER = ("f", "freed", "udp://127.0.0.1:4444", 1)
TWIN = '[[trackers]]\nname = "g"\nprotocol = "freed"\nsource = "udp://localhost:4444"\ncamera_id = 2\n'
FAR = "\nouter_eye_m = [1e300, 0, 0]\n[[walls]]"


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        (configuration(world='kind = "coordinates"\ncolour_space = "ACESgc"'), "world.colour_space"),
        (configuration(more='[control]\nendpoint = "tcp://nohost"\n'), "control.endpoint"),
        (configuration(("f", "freed", "udp://239.135.1.1:5?interface=999.1.1.1", 1)), "trackers[0].source"),
        (configuration(TRACKER, more=TWIN), "trackers[1].source"),
        (configuration().replace("\n[[walls]]", FAR), "stage.outer_eye_m[0]"),
        (configuration(more='[[outputs]]\nkind = "window"\nsize_px = [0, 1]\n'), "outputs[0].size_px[0]"),
        (configuration(more='[[outputs]]\nkind = "window"\nsize_px = [1, 1]\n'), "outputs[0].size_px"),
        (configuration(TRACKER).replace("focal_length_mm = 35.0", 'lens = "odd.json"'), "cameras[0].lens"),
        (panorama("odd.png"), "world.file"),
        (panorama("cut.png"), "world.file"),
        (configuration().replace("radius_m = 4.0", "radius_m = 1e-9"), "walls[0].shape"),
        (configuration(rate='"1e999999999"'), "stage.frame_rate_hz"),
    ],
    ids=lambda value: value if len(value) < 30 else "",
)
def test_check_finds_what_run_refuses_in_the_same_words(tmp_path, toml, key, loaded_run):
    for name in ("odd.json", "odd.png"):
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    write_png(tmp_path / "cut.png", np.random.default_rng(1).integers(0, 255, (64, 128, 3)).astype(np.uint8))
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:9000])
    lines = findings(tmp_path, toml, runtime=loaded_run)
    only_line(lines, f"{tmp_path / 'stage.toml'}: {key}: ", "found ", ", expected ")
    assert command_here("check", str(tmp_path / "stage.toml")).stderr.splitlines() == lines


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run",), "CONFIG"),
        (("run", "x.toml", "--seconds", "0"), "--seconds"),
        (("run", "x.toml", "--nonsense"), "--nonsense"),
        (("nonsense",), "nonsense"),
        (("still", "x.toml"), "--camera"),
    ],
)
def test_wrong_use_names_the_option(words, expected):
    result = command_here(*words)
    assert result.returncode == 2
    assert expected in result.stderr
    assert "Traceback" not in result.stderr


def test_a_stage_starts_headless_with_broken_values_set_aside_and_a_second_on_its_ports_is_refused(tmp_path):
    first = tmp_path / "first"
    (first / "state").mkdir(parents=True)
    (first / "state" / "startup.json").write_text("{broken")
    with running(first, configuration(more=WINDOW), "--headless") as stage:
        assert stage.client.get("/grade/tint") == 0.0
        assert "saved values" in stage.stderr
        only_line(findings(tmp_path, configuration(), stage.ready["control"]), "--control", "in use")
        assert stage.end()[0] == 0
    assert (first / "state" / "startup.json.broken").is_file()
