"""Windows on a real (virtual) X display: what is on the screen is the walls, pixel for pixel."""

import dataclasses
import os
import shutil
import subprocess

import glfw
import moderngl
import msgspec
import numpy as np
import pytest
from OpenGL import GL

from calibration.walls import PlaneShape, Wall
from render.outputs.opened import open_outputs
from render.outputs.records import Output, Region
from tracking.records import ConfigError

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def screen():
    """A display of 640 x 400 that belongs to this test alone."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: windows need a display")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x400x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.fixture
def display(screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return screen


def wall(name, columns, rows):
    shape = PlaneShape(lower_left_m=(-1.0, 2.0, 0.0), lower_right_m=(1.0, 2.0, 0.0), upper_left_m=(-1.0, 2.0, 1.0))
    return Wall(name=name, resolution_px=(columns, rows), shape=shape)


WALLS = (wall("left", 96, 64), wall("right", 80, 48))


class Pictures:
    """Walls of random code values as textures of the outputs' context."""

    def __init__(self, context):
        random = np.random.default_rng(7)
        self.codes = {w.name: random.integers(0, 256, (*w.resolution_px[::-1], 3), dtype=np.uint8) for w in WALLS}
        self.textures = {name: self.texture(context, codes) for name, codes in self.codes.items()}

    @staticmethod
    def texture(context: moderngl.Context, codes):
        opaque = np.dstack([codes, np.full(codes.shape[:2], 255, np.uint8)])
        return context.texture(codes.shape[1::-1], 4, opaque.tobytes())

    def wall_texture(self, name):
        return self.textures[name]

    def read_wall(self, name):
        return self.codes[name]

    def read_wall_linear(self, name):
        return self.codes[name].astype(np.float32)


def screenshot(display, columns, rows):
    """The upper left of the whole screen as the X server has it."""
    if shutil.which("import") is None:
        pytest.skip("ImageMagick's import is not installed: nothing can take a screenshot")
    command = [
        "import",
        "-display",
        display,
        "-window",
        "root",
        "-crop",
        f"{columns}x{rows}+0+0",
        "-depth",
        "8",
        "rgb:-",
    ]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=20).stdout
    return np.frombuffer(raw, np.uint8).reshape(rows, columns, 3)


def plain_window(*regions, size_px=None, position_px=(0, 0)):
    return Output(kind="window", fullscreen=False, position_px=position_px, size_px=size_px, regions=regions)


@pytest.fixture
def opened(display):
    running = []

    def run(*outputs, **options):
        running.append(open_outputs(outputs, WALLS, **options))
        return running[-1]

    yield run
    for outputs in running:
        outputs.close()


def test_window_shows_walls_pixel_for_pixel(opened, display):
    outputs = opened(plain_window())
    pictures = Pictures(outputs.context)
    outputs.present(pictures, 1)
    shown = screenshot(display, 176, 64)
    assert (shown[:, :96] == pictures.codes["left"]).all()
    assert (shown[:48, 96:] == pictures.codes["right"]).all()
    assert not shown[48:, 96:].any()
    assert outputs.paces
    assert not outputs.closed


def test_regions_are_rearranged_on_the_canvas(opened, display):
    outputs = opened(
        plain_window(
            Region(wall="left", from_px=(10, 5), size_px=(30, 20), at_px=(100, 40)),
            Region(wall="right", from_px=(0, 8), at_px=(3, 1)),
            size_px=(200, 100),
        )
    )
    pictures = Pictures(outputs.context)
    outputs.present(pictures, 1)
    wanted = np.zeros((100, 200, 3), np.uint8)
    wanted[40:60, 100:130] = pictures.codes["left"][5:25, 10:40]
    wanted[1:41, 3:83] = pictures.codes["right"][8:]
    assert (screenshot(display, 200, 100) == wanted).all()


def test_further_windows_share_the_root_contexts_textures(opened, display):
    outputs = opened(
        plain_window(Region(wall="left")),
        plain_window(Region(wall="right"), position_px=(200, 100)),
        plain_window(Region(wall="left", from_px=(0, 32)), position_px=(400, 200)),
    )
    pictures = Pictures(outputs.context)
    for frame in range(3):
        for name, codes in pictures.codes.items():
            codes[:] = np.roll(codes, 5, axis=0)
            opaque = np.dstack([codes, np.full(codes.shape[:2], 255, np.uint8)])
            pictures.textures[name].write(opaque.tobytes())
        outputs.present(pictures, frame)
    shown = screenshot(display, 640, 400)
    assert (shown[:64, :96] == pictures.codes["left"]).all()
    assert (shown[100:148, 200:280] == pictures.codes["right"]).all()
    assert (shown[200:232, 400:496] == pictures.codes["left"][32:]).all()


def test_drawing_in_the_root_context_continues_after_presenting(opened, display):
    outputs = opened(plain_window(Region(wall="left")), plain_window(Region(wall="right"), position_px=(200, 0)))
    pictures = Pictures(outputs.context)
    target = outputs.context.simple_framebuffer((8, 8))
    target.use()
    outputs.present(pictures, 1)
    assert GL.glGetIntegerv(GL.GL_DRAW_FRAMEBUFFER_BINDING) == target.glo
    target.clear(1.0, 0.0, 0.0, 1.0)
    assert target.read()[:3] == b"\xff\x00\x00"
    assert outputs.context.error == "GL_NO_ERROR"


def test_full_screen_window_keeps_the_monitors_mode(opened, display):
    outputs = opened(Output(kind="window", monitor="screen", regions=(Region(wall="left", at_px=(544, 336)),)))
    pictures = Pictures(outputs.context)
    outputs.present(pictures, 1)
    shown = screenshot(display, 640, 400)
    assert (shown[336:, 544:] == pictures.codes["left"]).all()
    assert not shown[:336].any()


def test_unknown_monitor_is_refused_with_the_ones_found(opened):
    with pytest.raises(ConfigError, match=r"outputs\[0\]\.monitor: found 'DP-9', expected one of 'screen'"):
        opened(Output(kind="window", monitor="DP-9"))


def test_canvas_larger_than_the_screen_is_refused(opened):
    with pytest.raises(ConfigError, match=r"outputs\[0\]\.size_px: .*640 x 400, expected one that fits"):
        opened(Output(kind="window", regions=(Region(wall="left", at_px=(600, 0)),)))


def test_headless_leaves_windows_out(opened):
    outputs = opened(plain_window(), headless=True)
    outputs.present(Pictures(outputs.context), 1)
    assert not outputs.paces
    assert not outputs.closed


def test_without_a_display_the_cure_is_named(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(ConfigError, match=r"found no display .* use --headless"):
        open_outputs((plain_window(),), WALLS)


def test_closing_any_window_is_reported(opened):
    outputs = opened(plain_window(Region(wall="left")), plain_window(Region(wall="right"), position_px=(200, 0)))
    glfw.set_window_should_close(outputs._windows._shown[1].handle, True)
    assert outputs.closed


def test_a_window_whose_monitor_is_missing_waits_and_the_others_are_shown(opened, display):
    absent = Output(kind="window", monitor="DP-9", regions=(Region(wall="right"),))
    outputs = opened(absent, plain_window(Region(wall="left")), hold="monitors")
    pictures = Pictures(outputs.context)
    outputs.present(pictures, 1)
    assert (screenshot(display, 96, 64) == pictures.codes["left"]).all()
    (missing,) = outputs.missing_monitors
    assert (missing.index, missing.monitor) == (0, "DP-9")
    assert not outputs.try_again(1e9)
    assert outputs.paces


def test_a_window_is_shown_once_its_monitor_has_come(opened, display):
    window = Output(kind="window", monitor="DP-9", fullscreen=False, position_px=(0, 0))
    outputs = opened(window, hold="monitors")
    pictures = Pictures(outputs.context)
    outputs.present(pictures, 1)
    assert not outputs.paces
    (name,) = (glfw.get_monitor_name(monitor) for monitor in glfw.get_monitors())
    name = name.decode() if isinstance(name, bytes) else name
    (waiting,) = outputs._windows._waiting
    named = msgspec.structs.replace(waiting.output, monitor=name)
    outputs._windows._waiting = [dataclasses.replace(waiting, output=named)]  # no X server can be given a monitor here
    outputs.try_again(1e9)
    outputs.present(pictures, 2)
    assert outputs.paces
    assert outputs.missing_monitors == ()
    assert (screenshot(display, 96, 64) == pictures.codes["left"]).all()


def test_a_restarted_core_waits_for_a_display_and_knows_when_it_has_come(monkeypatch, screen):
    monkeypatch.setenv("DISPLAY", ":9999")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(ConfigError, match="no display"):
        open_outputs((plain_window(),), WALLS, hold="monitors")
    outputs = open_outputs((plain_window(),), WALLS, hold="all")
    assert "no display" in outputs.no_display
    assert not outputs.try_again(10.0)
    monkeypatch.setenv("DISPLAY", screen)
    assert not outputs.try_again(10.5)
    assert outputs.try_again(11.5)
    outputs.close()
