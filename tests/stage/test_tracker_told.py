"""What a tracker tells besides its pose: in the status, in its table, and the lens's axis in the camera's frame."""

import io

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from calibration.cameras import Camera
from calibration.lens import LensSetting
from calibration.lens_frame import frame_edges
from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from render.film.lens import FilmLens
from stage.config.reader import parse_config
from stage.control.tables import status_tables
from stage.live.timing import LoopTimes
from stage.live.view import LiveView
from stage.loading.files import read_preset
from stage.panel.film_lenses import FilmOptics
from stage.show.camera.lens import CameraLens
from stage.show.frame.inputs import Dropped, FrameInputs
from stage.show.show import Show
from stage.show.state import CameraState, new_state
from stage.words.sentences import hold_line
from tracking.datagrams import Datagram
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY
from tracking.tracker.state import LensReading

CONFIG = parse_config(
    """
[stage]
frame_rate_hz = 60
[[walls]]
name = "main"
resolution_px = [64, 32]
shape = { kind = "plane", lower_left_m = [-3, 4, 0], lower_right_m = [3, 4, 0], upper_left_m = [-3, 4, 3] }
[[trackers]]
name = "o"
protocol = "opentrackio"
source = "udp://127.0.0.1:55555"
[[cameras]]
name = "A"
tracker = "o"
""",
    "test",
    read_preset,
)
CALIBRATION = Calibration(surfaces=tuple(wall_surface(wall, wall_positions(wall, None)) for wall in CONFIG.walls))
START_NS = 1_000_000_000
SENSOR_MM = (36.0, 20.25)
EQUIPMENT = StaticBlock(camera="Maker Model20", lens="Maker 35", sensor_mm=(36.0, 24.0), resolution_px=(3840.0, 2160.0))

half = st.floats(-9.0, 9.0)


def heard(source=None, **told):
    """A show that heard one OpenTrackIO packet, and its plan."""
    show = Show(CONFIG, CALIBRATION, new_state(CONFIG, Show.tree_of(CONFIG)))
    datagrams = ()
    if source is not None:
        sample = TrackerSample(position_m=(0.0, 0.0, 1.5), rotation=IDENTITY, **told)
        (payload,) = encode_opentrackio(sample, source, 1, with_static=True)
        datagrams = (Datagram(source="udp://127.0.0.1:55555", sender="a:1", received_ns=START_NS, payload=payload),)
    lost = (Dropped(source="udp://127.0.0.1:55555", count=3, cause="kernel"),)
    plan = show.step(
        FrameInputs(epoch=1, frame=1, present_ns=START_NS + 17_000_000, datagrams=datagrams, observations=lost)
    )
    return show, plan


def status_of(show):
    return msgspec.to_builtins(LiveView(show, LoopTimes()).status())


def printed(status):
    page = io.StringIO()
    console = Console(file=page, width=200)
    for part in status_tables(status):
        console.print(part)
    return page.getvalue()


def test_status_and_its_table_tell_what_the_tracker_says_of_itself_and_its_lens():
    source = OpenTrackIOSource(slate="A101", recording=True, static=EQUIPMENT, rate=(24, 1))
    show, _ = heard(
        source, timecode="01:02:03:04", status="Optical Good", focal_length_mm=35.5, zoom_raw=1234.0, f_stop=2.8
    )
    status = status_of(show)
    told = status["trackers"]["o"]
    assert (told["timecode"], told["device_status"]) == ("01:02:03:04", "Optical Good")
    assert (told["slate"], told["recording"]) == ("A101", True)
    assert (told["lens"]["focal_length_mm"], told["lens"]["zoom_raw"]) == (35.5, 1234.0)
    assert told["equipment"]["sensor_mm"] == (36.0, 24.0)
    assert status["dropped"] == {"udp://127.0.0.1:55555": {"kernel": 3}}
    page = printed(status)
    for words in ("time code 01:02:03:04", "Optical Good", "slate A101", "recording", "35.5 mm", "zoom 1234", "f/2.8"):
        assert words in page
    assert "on Maker Model20, Maker 35, 36 x 24 mm, 3840 x 2160 px" in page


def test_what_a_tracker_does_not_tell_is_none_and_takes_no_line():
    show, _ = heard()
    status = status_of(show)
    told = status["trackers"]["o"]
    assert {told[name] for name in ("timecode", "device_status", "slate", "recording", "equipment")} == {None}
    assert set(told["lens"].values()) == {None}
    assert "\no:" not in printed(status)


def test_words_of_strangers_do_not_move_the_cursor_of_the_terminal():
    show, _ = heard(OpenTrackIOSource(slate="\x1b[2J\x07bad"), status="a\rb")
    page = printed(status_of(show))
    assert "?[2J?bad" in page
    assert "\x1b" not in page


@given(x=half, y=half, focal_mm=st.floats(8.0, 300.0))
def test_a_told_projection_offset_shifts_the_frame_as_one_in_a_lens_file_does(x, y, focal_mm):
    lens = CameraLens(Camera(name="A", sensor_mm=SENSOR_MM), None)
    state = CameraState(focal_length_mm=35.0)
    lens.read(state, LensReading(focal_length_mm=focal_mm, projection_x_mm=x, projection_y_mm=y), 0.0)
    frame = lens.frame(state, 0.0)
    filed = LensSetting(
        focal_length_mm=focal_mm,
        entrance_pupil_m=0.0,
        radial=(0.0,) * 6,
        tangential=(0.0, 0.0),
        projection_offset=(x / focal_mm, y / focal_mm),
        distortion_offset=(0.0, 0.0),
        undistorts=True,
    )
    assert (frame.left, frame.right, frame.bottom, frame.top) == pytest.approx(frame_edges(filed, SENSOR_MM), abs=1e-12)


@given(x=half, y=half)
def test_the_frame_is_what_the_film_cameras_own_optics_see(x, y):
    _, plan = heard(OpenTrackIOSource(), focal_length_mm=50.0, projection_x_mm=x, projection_y_mm=y)
    (inner,) = plan.inners
    truth = FilmLens(focal_length_mm=50.0, sensor_mm=SENSOR_MM, resolution_px=(1920, 1080), projection_offset_mm=(x, y))
    (left, top), (right, bottom) = truth.tangents_from_pixels(np.array([[0.0, 0.0], [1920.0, 1080.0]]))
    frame = (inner.frame.left, inner.frame.right, inner.frame.bottom, inner.frame.top)
    assert frame == pytest.approx((left, right, bottom, top))
    seen = FilmOptics(Camera(name="A", sensor_mm=SENSOR_MM), None).lens_seeing(frame)
    assert seen.projection_offset_mm == pytest.approx((x, y), abs=1e-9)
    assert seen.focal_length_mm == pytest.approx(50.0)


@pytest.mark.parametrize("absurd", [(18.1, 0.0), (0.0, -10.2), (99.0, 99.0)])
def test_an_axis_beside_the_sensor_is_passed_over(absurd):
    _, plan = heard(OpenTrackIOSource(), focal_length_mm=50.0, projection_x_mm=absurd[0], projection_y_mm=absurd[1])
    (inner,) = plan.inners
    assert inner.frame.left == -inner.frame.right
    assert plan.walls[0].holds == ()


def test_a_lens_that_ceases_to_tell_its_axis_keeps_it():
    lens, state = CameraLens(Camera(name="A"), None), CameraState(focal_length_mm=35.0)
    lens.read(state, LensReading(projection_x_mm=1.0, projection_y_mm=-0.5), 0.0)
    lens.read(state, LensReading(), 0.0)
    assert state.projection_offset_mm == (1.0, -0.5)


@pytest.mark.parametrize("focal_mm", [0.0, -5.0, 1e7, 0.5])
def test_an_absurd_focal_length_holds_the_camera_and_says_so(focal_mm):
    source = OpenTrackIOSource()
    _, plan = heard(source, focal_length_mm=focal_mm)
    assert "focal length" in hold_line(plan.walls[0].holds)
    assert any("wall main holds" in line for line in plan.health)
