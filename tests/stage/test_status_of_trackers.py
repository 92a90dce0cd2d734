"""What a tracker reports besides its pose, in the stage's status and in the table of the command line."""

import io

import msgspec
from rich.console import Console

from stage.control.status_tables import status_tables
from stage.live.figures import LoopTimes
from stage.live.view import LiveView
from stage.show.frame.inputs import Dropped, Presented
from tests.building import SOURCE, camera, datagram, freed, sample, slot_ns, stage, step, tracker
from tracking.protocols.decoder_memory import StaticBlock
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio

STAGE = stage(tracker("o", protocol="opentrackio", camera_id=None, rate_hz=None), camera("A", tracker="o"))
BUSY = stage(tracker("stage-left"), camera("cam-left", tracker="stage-left", focal_length_mm=35.0), camera("cam-right"))
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


def printed(status, columns=200):
    page = io.StringIO()
    console = Console(file=page, width=columns)
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


def test_the_status_fits_80_columns_and_shows_poses_and_the_walls_latencies():
    show = BUSY.show()
    step(show, 0, {"/output/blackout": True, "/wall/main/latency_ms": 33.5, "/camera/cam-right/parked": True})
    for frame in range(1, 400):
        seen = Presented(
            frame=frame - 1, gathered_ns=slot_ns(frame - 1), stepped_ns=slot_ns(frame - 1),
            drawn_ns=slot_ns(frame - 1), presented_ns=slot_ns(frame),
        )  # fmt: skip
        outcome = step(show, frame, datagrams=[freed(frame, 12.0)], observations=[seen])
    status = msgspec.to_builtins(LiveView(show, LoopTimes(), open_to="192.0.2.1").status(outcome.health))
    one = status["cameras"]["cam-left"]
    one |= {
        "judged": 9_999_999,
        "missed": 99_999,
        "margin_deg": dict.fromkeys(("left", "right", "bottom", "top"), 20.0),
    }
    status["trackers"]["stage-left"]["rejected"] |= {"length": 123456, "checksum": 99999, "not_finite": 3}
    page = printed(status, 80)
    assert max(map(len, page.splitlines())) <= 80
    lines = [line.split() for line in page.splitlines()]
    assert ["cam-left", "0.000", "0.000", "1.500", "12.00", "0.00", "0.00"] in lines
    assert ["main", "33.5", "off"] in lines
    assert any(line[:1] == ["cam-right"] and line[-1] == "parked" for line in lines)
    assert "60.0 of 60 frames a second" in page
    assert "in force: /output/blackout is on, normally off" in page
    assert "--insecure-lan (192.0.2.1)" in " ".join(page.split())
