"""The laws of the fold, with real packets and real commands, no port and no clock."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.rasters.positions import wall_positions, wall_surface
from calibration.records import Calibration
from stage.config.reader import parse_config
from stage.loading.files import read_preset
from stage.show.camera.rig import orbit_pose
from stage.show.frame.inputs import (
    AssetReady,
    BatchRequest,
    Command,
    Dropped,
    FrameInputs,
    NudgeRequest,
    Presented,
    SetRequest,
    TakeReport,
    TakeRequest,
)
from stage.show.show import Show
from stage.show.state import decode_state, encode_state, new_state
from stage.takes.digest import digest_of, encode_plan
from stage.words.sentences import hold_line
from tracking.datagrams import Datagram
from tracking.dialects import FreeDDialect
from tracking.protocols.freed import encode_freed
from tracking.protocols.opentrackio_encode import OpenTrackIOSource, encode_opentrackio
from tracking.records import TrackerSample
from tracking.rotation import pan_tilt_roll_from_quat, quat_from_pan_tilt_roll

RATE = 60
PERIOD_NS = 1_000_000_000 // RATE
START_NS = 5_000_000_000

CONFIG = parse_config(
    """
[stage]
name = "Test"
frame_rate_hz = 60
[[walls]]
name = "main"
resolution_px = [64, 20]
latency_ms = 16.0
shape = { kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }
[[walls]]
name = "side"
resolution_px = [32, 32]
shape = { kind = "plane", lower_left_m = [-4, -2, 0], lower_right_m = [-4, 0, 0], upper_left_m = [-4, -2, 2] }
[[trackers]]
name = "f"
protocol = "freed"
source = "udp://127.0.0.1:40000"
camera_id = 1
rate_hz = 60
[[trackers]]
name = "serial"
protocol = "freed"
source = "serial:///dev/ttyS9?baud=38400&parity=odd"
camera_id = 1
rate_hz = 60
[[trackers]]
name = "o"
protocol = "opentrackio"
source = "udp://127.0.0.1:55555"
camera_id = 7
rate_hz = 60
[[cameras]]
name = "A"
tracker = "f"
[[cameras]]
name = "B"
tracker = "o"
marker_from_camera = { position_m = [0.0, 0.1, -0.05], rotation_deg = [1.0, 2.0, 0.0] }
entrance_pupil_m = 0.08
[[cameras]]
name = "C"
tracker = "serial"
[world]
kind = "panorama"
file = "x.png"
""",
    "test",
    read_preset,
)
CALIBRATION = Calibration(surfaces=tuple(wall_surface(wall, wall_positions(wall, None)) for wall in CONFIG.walls))
SOURCES = {tracker.name: tracker.source for tracker in CONFIG.trackers}


def new_show():
    return Show(CONFIG, CALIBRATION, new_state(CONFIG, Show.tree_of(CONFIG)))


def sample_at(frame):
    pose = orbit_pose(frame / RATE)
    return TrackerSample(
        position_m=pose.position_m,
        rotation=pose.rotation,
        device_ns=1_700_000_000_000_000_000 + frame * PERIOD_NS,
        sequence=frame,
        rate_hz=60.0,
        zoom_raw=100.0,
        focus_raw=200.0,
        focal_length_mm=32.0,
    )


def command(request, number, client="test"):
    return Command(id=str(number), client=client, role="admin", order=number, request=request)


def set_to(path, value, number=0, fade_s=0.0):
    return command(SetRequest(path=path, value=value, fade_s=fade_s), number)


def inputs_at(frame, *commands, datagrams=(), observations=()):
    return FrameInputs(
        epoch=3,
        frame=frame,
        present_ns=START_NS + (frame + 1) * PERIOD_NS,
        datagrams=tuple(datagrams),
        commands=tuple(commands),
        observations=tuple(observations),
    )


def datagram(tracker, frame, payload, offset_ns=0):
    received_ns = START_NS + frame * PERIOD_NS - 3_000_000 + offset_ns
    return Datagram(source=SOURCES[tracker], sender="127.0.0.1:5", received_ns=received_ns, payload=payload)


def opentrackio_segments(frame):
    """One message in several datagrams; every datagram counts on."""
    source = OpenTrackIOSource(source_number=7)
    count = len(encode_opentrackio(sample_at(1000), source, 0, max_payload=150))
    return encode_opentrackio(sample_at(1000 + frame), source, (frame * count) & 0xFFFF, max_payload=150)


def eventful_frames(count=150):
    """Segmented messages and serial packets cut between frames, a dropout, garbage, fades, takes, a freeze."""
    commands = {
        3: [set_to("/grade/exposure_stops", 2.0, 1, fade_s=1.5)],
        20: [set_to("/camera/C/source", "manual", 2), set_to("/camera/C/manual/x_m", 1.0, 3, fade_s=0.7)],
        30: [command(TakeRequest(action="start", name="t"), 4), set_to("/nonsense", 1.0, 5)],
        45: [set_to("/time/running", value=True, number=6), set_to("/camera/B/source", "still", 7)],
        60: [command(NudgeRequest(tracker="f", pan_deg=5.0), 8), set_to("/output/freeze", value=True, number=9)],
        75: [set_to("/output/freeze", value=False, number=10), set_to("/camera/B/source", "tracker", 11)],
        90: [command(BatchRequest(items=(SetRequest(path="/wall/side/latency_ms", value=33.0, fade_s=0.5),)), 12)],
        100: [command(TakeRequest(action="stop"), 13), set_to("/wall/main/pattern", "grid", 14)],
    }
    frames, segments = [], ()
    serial = b"".join(encode_freed(sample_at(frame), 1, FreeDDialect()) for frame in range(count))
    for frame in range(count):
        arrived = []
        if not 50 <= frame < 85:
            payload = encode_freed(sample_at(frame), 1, FreeDDialect())
            arrived.append(datagram("f", frame, payload if frame % 13 else b"\xd1garbage"))
        arrived.append(datagram("serial", frame, serial[frame * 31 - 7 : frame * 31 + 24] if frame else b"\xd1"))
        held_back, segments = segments, opentrackio_segments(frame)
        arrived += [datagram("o", frame, segment) for segment in (*held_back[2:], *segments[:2])]
        seen = [Presented(frame=frame - 1, stepped_ns=1, drawn_ns=2, presented_ns=3, missed=frame % 40 == 0)]
        if frame == 10:
            seen.append(AssetReady(file="x.png", sha256="ab" * 32))
        if frame == 33:
            seen.append(TakeReport(name="t", state="recording", path="/takes/t.mcap"))
            seen.append(Dropped(source="f", count=2, cause="over_budget"))
        frames.append(inputs_at(frame, *commands.get(frame, ()), datagrams=arrived, observations=seen))
    return frames


FRAMES = eventful_frames()


def digests(show, frames):
    return [digest_of(encode_plan(show.step(inputs))) for inputs in frames]


@pytest.fixture(scope="module")
def straight_run():
    return digests(new_show(), FRAMES)


def test_the_frames_are_as_eventful_as_they_claim():
    show = new_show()
    plans = [show.step(inputs) for inputs in FRAMES]
    states = {(tracker.name, tracker.state) for plan in plans for tracker in plan.trackers}
    assert {("f", "late"), ("f", "fresh"), ("f", "lost"), ("o", "fresh"), ("serial", "fresh")} <= states
    assert show.state.trackers["f"].rejected["length"] > 0
    assert show.state.trackers["o"].accepted > 100
    assert show.state.trackers["serial"].accepted > 100
    assert {answer.error for plan in plans for answer in plan.acknowledgements} == {"", "unknown_path"}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(FRAMES) - 1))
def test_snapshot_and_restore_at_any_frame_gives_the_same_later_digests(straight_run, at):
    show = new_show()
    before = digests(show, FRAMES[:at])
    restored = Show(CONFIG, CALIBRATION, decode_state(encode_state(show.snapshot())))
    assert before + digests(restored, FRAMES[at:]) == straight_run


def test_a_snapshot_shares_nothing_with_the_running_show():
    show = new_show()
    digests(show, FRAMES[:40])
    snapshot = show.snapshot()
    kept = encode_state(snapshot)
    digests(show, FRAMES[40:])
    assert encode_state(snapshot) == kept


@pytest.mark.parametrize("at", [0, 10, 55, 149])
def test_every_record_encodes_to_the_same_bytes_after_decoding(at):
    show = new_show()
    for inputs in FRAMES[: at + 1]:
        plan = show.step(inputs)
    encoded = encode_state(show.state)
    assert encode_state(decode_state(encoded)) == encoded
    assert encode_plan(msgspec.msgpack.decode(encode_plan(plan), type=type(plan))) == encode_plan(plan)
    raw = msgspec.msgpack.encode(FRAMES[at])
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(raw, type=FrameInputs)) == raw


def test_frame_numbers_may_skip_and_a_fade_still_ends_on_time():
    show = new_show()
    show.step(inputs_at(0, set_to("/grade/exposure_stops", 3.0, fade_s=1.0)))
    assert show.step(inputs_at(30)).grade.exposure_stops == pytest.approx(1.5)
    assert show.step(inputs_at(75)).grade.exposure_stops == 3.0


def test_a_lost_tracker_holds_its_last_pose_and_says_so():
    show = new_show()
    for frame in range(60):
        show.step(inputs_at(frame, datagrams=[datagram("f", frame, encode_freed(sample_at(frame), 1, FreeDDialect()))]))
    eyes = [next(i for i in show.step(inputs_at(frame)).inners if i.camera == "A").eye_m for frame in range(60, 200)]
    assert eyes[-1] == pytest.approx(eyes[-30], abs=1e-3)
    plan = show.step(inputs_at(200))
    assert any("tracker f is lost" in line for line in plan.health)


def test_prediction_carries_the_pose_to_the_light():
    show = new_show()
    for frame in range(120):
        plan = show.step(
            inputs_at(frame, datagrams=[datagram("f", frame, encode_freed(sample_at(frame), 1, FreeDDialect()))])
        )
    inner = next(inner for inner in plan.inners if inner.camera == "A")
    light_s = (inner.light_ns - (START_NS - 3_000_000)) * 1e-9
    assert inner.eye_m == pytest.approx(orbit_pose(light_s).position_m, abs=0.004)


def test_an_impossible_camera_is_held_on_that_wall_and_the_others_go_on():
    show = new_show()
    show.step(inputs_at(0, set_to("/camera/A/source", "manual", 1)))
    possible = show.step(inputs_at(1))
    behind = [set_to("/camera/A/manual/y_m", 8.0, 2), set_to("/camera/A/manual/pan_deg", 180.0, 3)]
    plan = show.step(inputs_at(2, *behind))
    wall = plan.walls[0]
    assert "behind wall main" in hold_line(wall.holds)
    assert any("wall main holds" in line for line in plan.health)
    shown = {plan.inners[index].camera: plan.inners[index] for index in wall.inners}
    before = {possible.inners[index].camera: possible.inners[index] for index in possible.walls[0].inners}
    assert shown["A"] == before["A"]
    assert shown["B"].light_ns == wall.light_ns


def test_freeze_keeps_the_picture_and_blackout_still_works_over_it():
    show = new_show()
    show.step(inputs_at(0, set_to("/camera/A/source", "orbit", 1)))
    frozen = show.step(inputs_at(1, set_to("/output/freeze", value=True, number=2)))
    later = show.step(inputs_at(30, set_to("/output/blackout", value=True, number=3)))
    assert (later.inners, later.walls, later.world) == (frozen.inners, frozen.walls, frozen.world)
    assert later.blackout
    assert show.step(inputs_at(31, set_to("/output/freeze", value=False, number=4))).inners != frozen.inners


def test_set_heading_here_turns_the_camera_to_the_asked_pan():
    show = new_show()
    for frame in range(10):
        payload = encode_freed(
            TrackerSample(position_m=(0.0, 0.0, 1.5), rotation=quat_from_pan_tilt_roll(33.0, 4.0, 0.0)),
            1,
            FreeDDialect(),
        )
        show.step(inputs_at(frame, datagrams=[datagram("f", frame, payload)]))
    plan = show.step(inputs_at(10, command(NudgeRequest(tracker="f", pan_deg=0.0), 1)))
    assert not plan.acknowledgements[0].error
    ahead = next(inner for inner in plan.inners if inner.camera == "A").ahead
    assert ahead[0] == pytest.approx(0.0, abs=1e-3)
    assert pan_tilt_roll_from_quat(quat_from_pan_tilt_roll(33.0, 4.0, 0.0))[0] == pytest.approx(33.0)


def test_heading_of_a_tracker_that_there_is_not_is_an_unknown_path():
    answer = new_show().step(inputs_at(0, command(NudgeRequest(tracker="g"), 1))).acknowledgements[0]
    assert answer.error == "unknown_path"
    assert "'g'" in answer.detail
    assert "f" in answer.detail.partition("trackers:")[2]


def test_heading_of_a_tracker_that_was_never_heard_is_a_conflict():
    plan = new_show().step(inputs_at(0, command(NudgeRequest(tracker="f"), 1)))
    assert plan.acknowledgements[0].error == "conflict"


def test_a_take_is_called_recording_only_after_the_recorder_said_so():
    show = new_show()
    show.step(inputs_at(0, command(TakeRequest(action="start", name="one"), 1)))
    assert show.state.take.recording
    assert not show.state.take.confirmed
    show.step(inputs_at(1, observations=[TakeReport(name="one", state="recording")]))
    assert show.state.take.confirmed
    again = show.step(inputs_at(2, command(TakeRequest(action="start"), 2)))
    assert again.acknowledgements[0].error == "conflict"


@pytest.mark.parametrize("state", ["gap", "recorder_lost", "failed"])
def test_a_take_with_a_hole_is_not_called_recording_until_the_recorder_says_so_again(state):
    show = new_show()
    show.step(inputs_at(0, command(TakeRequest(action="start", name="one"), 1)))
    show.step(inputs_at(1, observations=[TakeReport(name="one", state="recording")]))
    show.step(inputs_at(2, observations=[TakeReport(name="one", state=state, detail="frames from 2 on are missing")]))
    assert not show.state.take.confirmed
    assert "frames from 2 on are missing" in show.state.take.alarm
    show.step(inputs_at(3, observations=[TakeReport(name="one", state="recording")]))
    assert show.state.take.confirmed is (state != "failed")


def test_a_command_sent_twice_is_answered_twice_and_applied_once():
    show = new_show()
    first = show.step(inputs_at(0, command(TakeRequest(action="start", name="one"), 1))).acknowledgements[0]
    second = show.step(inputs_at(5, command(TakeRequest(action="start", name="one"), 1))).acknowledgements[0]
    assert (first.error, first.value) == (second.error, second.value) == ("", "one")
    assert show.state.take.count == 1


def test_the_world_is_named_by_its_asset_only_once_it_is_ready():
    show = new_show()
    assert show.step(inputs_at(0)).world.asset == ""
    ready = show.step(inputs_at(1, observations=[AssetReady(file="x.png", sha256="12" * 32)]))
    assert ready.world.asset == "12" * 32


def test_time_stands_unless_told_to_run_and_then_runs_at_its_speed():
    show = new_show()
    show.step(inputs_at(0))
    show.step(inputs_at(600))
    assert show.state.controls.values["/time/hour"] == 12.0
    show.step(inputs_at(601, set_to("/time/running", value=True, number=1), set_to("/time/speed", 3600.0, 2)))
    show.step(inputs_at(601 + 120))
    assert show.state.controls.values["/time/hour"] == pytest.approx(14.0, abs=0.02)
    show.step(inputs_at(601 + 121, set_to("/world/freeze_time", value=True, number=3)))
    stood = show.state.controls.values["/time/hour"]
    show.step(inputs_at(601 + 500))
    assert show.state.controls.values["/time/hour"] == stood


def test_an_hour_that_fades_while_time_runs_arrives_where_it_was_sent_and_runs_on():
    show = new_show()
    show.step(inputs_at(0, set_to("/time/running", value=True, number=1), set_to("/time/speed", 3600.0, 2)))
    show.step(inputs_at(60, set_to("/time/hour", 18.0, 3, fade_s=2.0)))
    begun = show.state.controls.values["/time/hour"]
    show.step(inputs_at(120))
    assert show.state.controls.values["/time/hour"] == pytest.approx(0.5 * (begun + 18.0), abs=0.1)
    show.step(inputs_at(180))
    assert show.state.controls.values["/time/hour"] == pytest.approx(18.0)
    show.step(inputs_at(240))
    assert show.state.controls.values["/time/hour"] == pytest.approx(19.0, abs=0.02)


def test_a_margin_follows_until_it_is_given_as_a_number():
    show = new_show()
    show.step(inputs_at(0))
    assert show.state.controls.values["/camera/A/overscan_mode"] == "follow"
    show.step(inputs_at(1, set_to("/camera/A/overscan_deg", 5.0, 1)))
    assert show.state.controls.values["/camera/A/overscan_mode"] == "fixed"
    assert show.state.controls.values["/camera/B/overscan_mode"] == "follow"
    both = BatchRequest(
        items=(
            SetRequest(path="/camera/B/overscan_deg", value=4.0),
            SetRequest(path="/camera/B/overscan_mode", value="follow"),
        )
    )
    show.step(inputs_at(2, command(both, 2)))
    assert show.state.controls.values["/camera/B/overscan_mode"] == "follow"
