"""What a tracker reports besides its pose, in the stage's status and in the table of the command line."""

import io

import msgspec
from rich.console import Console

from stage.control.tables import status_tables
from stage.live.figures import LoopTimes
from stage.live.view import LiveView
from stage.show.frame.inputs import Dropped
from tests.building import SOURCE, camera, datagram, sample, stage, step, tracker
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio

STAGE = stage(tracker("o", protocol="opentrackio", camera_id=None, rate_hz=None), camera("A", tracker="o"))
EQUIPMENT = StaticBlock(camera="Maker Model20", lens="Maker 35", sensor_mm=(36.0, 24.0), resolution_px=(3840.0, 2160.0))
ENCODERS = {"zoom_raw": None, "focus_raw": None}


def status_after(source=None, **reported):
    """The status of a show that received one OpenTrackIO packet, or none, and lost three."""
    datagrams = []
    if source is not None:
        fields = {**ENCODERS, **reported}
        (payload,) = encode_opentrackio(sample(**fields), source, 1, with_static=True)
        datagrams = [datagram(payload, 1)]
    show = STAGE.show()
    step(show, 1, datagrams=datagrams, observations=[Dropped(source=SOURCE, count=3, cause="kernel")])
    return msgspec.to_builtins(LiveView(show, LoopTimes()).status(()))


def printed(status):
    page = io.StringIO()
    console = Console(file=page, width=200)
    for part in status_tables(status):
        console.print(part)
    return page.getvalue()


def test_status_and_its_table_show_what_the_tracker_reports_of_itself_and_its_lens():
    source = OpenTrackIOSource(slate="A101", recording=True, static=EQUIPMENT, rate=(24, 1))
    lens = {"focal_length_mm": 35.5, "zoom_raw": 1234.0, "f_stop": 2.8}
    status = status_after(source, timecode="01:02:03:04", status="Optical Good", **lens)
    shown = status["trackers"]["o"]
    assert (shown["timecode"], shown["device_status"]) == ("01:02:03:04", "Optical Good")
    assert (shown["slate"], shown["recording"]) == ("A101", True)
    assert (shown["lens"]["focal_length_mm"], shown["lens"]["zoom_raw"]) == (35.5, 1234.0)
    assert shown["equipment"]["sensor_mm"] == (36.0, 24.0)
    assert status["dropped"] == {SOURCE: {"kernel": 3}}
    page = printed(status)
    for words in ("time code 01:02:03:04", "Optical Good", "slate A101", "recording", "35.5 mm", "zoom 1234", "f/2.8"):
        assert words in page
    assert "on Maker Model20, Maker 35, 36 x 24 mm, 3840 x 2160 px" in page


def test_what_a_tracker_does_not_report_is_null_and_adds_no_line():
    status = status_after()
    shown = status["trackers"]["o"]
    assert {shown[name] for name in ("timecode", "device_status", "slate", "recording", "equipment")} == {None}
    assert set(shown["lens"].values()) == {None}
    assert "\no:" not in printed(status)


def test_text_from_a_tracker_does_not_move_the_cursor_of_the_terminal():
    page = printed(status_after(OpenTrackIOSource(slate="\x1b[2J\x07bad"), status="a\rb"))
    assert "?[2J?bad" in page
    assert "\x1b" not in page
