"""`stage calibrate predictor`, and how its weights reach the show, a take and the status."""

import json
import math
from pathlib import Path

import msgspec
import pytest

from calibration.files.loading import MAX_PREDICTOR_BYTES, SHIPPED_PREDICTOR, load_predictor, shipped_predictor
from calibration.records import Calibration
from stage.cli import main
from stage.config.starter import starter
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from tracking.datagrams import Datagram
from tracking.protocols.freed import encode_freed
from tracking.records import ConfigError, TrackerSample
from tracking.rotation import quat_from_pan_tilt_roll

PERIOD_NS = 16_666_667


def walk(path: Path, *, briskness: float, seconds: float = 20.0) -> Path:
    """A hand-held walk at 60 Hz as a motion file."""
    lines = []
    for index in range(round(seconds * 60.0)):
        time_s = index / 60.0
        phase = briskness * time_s
        x, y, z = 0.4 * math.sin(phase), 0.3 * math.cos(0.7 * phase), 1.5 + 0.03 * math.sin(4.1 * phase)
        q = quat_from_pan_tilt_roll(30.0 * math.sin(0.8 * phase), 5.0 * math.sin(2.3 * phase), 0.0)
        lines.append(" ".join(f"{value:.9f}" for value in (time_s, x, y, z, *q)))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def calibrate(capsys):
    def call(*words):
        try:
            main(["calibrate", "predictor", *map(str, words)])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_a_fit_is_written_and_judged_on_what_it_was_not_fitted_to(calibrate, tmp_path):
    slow, brisk = walk(tmp_path / "slow.txt", briskness=2.0), walk(tmp_path / "brisk.txt", briskness=4.0)
    out = tmp_path / "mine.json"
    code, told, _ = calibrate("--motion", slow, "--motion", brisk, "--rate-hz", "60", "--out", out, "--json")
    assert code == 0
    report = json.loads(told)
    assert [one["motion"] for one in report["held_out"]["motions"]] == ["slow.txt", "brisk.txt"]
    assert report["held_out"]["position_ratio"] < 1.0
    for one in report["held_out"]["motions"]:
        assert one["predict"]["position_mm"] < one["line"]["position_mm"]
        assert one["position_ratio"] == pytest.approx(one["predict"]["position_mm"] / one["line3"]["position_mm"])
    weights = load_predictor(out)
    assert len(weights.rows) == report["rows"]
    assert weights.origin == "slow.txt, brisk.txt"
    assert {row.rate_hz for row in weights.rows} == {60.0}


def test_several_files_may_follow_the_option(calibrate, tmp_path):
    files = [walk(tmp_path / f"{name}.txt", briskness=speed) for name, speed in (("a", 1.0), ("b", 3.0))]
    code, told, _ = calibrate("--motion", *files, "--rate-hz", "60", "--out", tmp_path / "w.json")
    assert code == 0
    assert all(f"{name}.txt" in told for name in "ab")


def test_one_recording_is_fitted_but_cannot_be_judged(calibrate, tmp_path):
    one = walk(tmp_path / "one.txt", briskness=2.0)
    code, told, _ = calibrate("--motion", one, "--rate-hz", "60", "--out", tmp_path / "w.json")
    assert code == 0
    assert "give a second one" in told


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("short.txt", "0 0 0 0 0 0 0 1\n0.1 0 0 0 0 0 0 1\n", "give a longer recording"),
        ("empty.txt", "", "usable poses"),
    ],
)
def test_a_recording_that_teaches_nothing_is_refused_in_one_line(calibrate, tmp_path, name, content, reason):
    file = tmp_path / name
    file.write_text(content)
    code, told, err = calibrate("--motion", file, "--out", tmp_path / "w.json")
    assert (code, told) == (2, "")
    assert reason in err
    assert not (tmp_path / "w.json").exists()


def test_one_recording_given_twice_is_refused_however_it_is_written(calibrate, tmp_path):
    one = walk(tmp_path / "one.txt", briskness=2.0, seconds=5.0)
    (tmp_path / "linked.txt").symlink_to(one)
    for again in (one, tmp_path / "." / "one.txt", tmp_path / "linked.txt"):
        code, _, err = calibrate("--motion", one, "--motion", again, "--out", tmp_path / "w.json")
        assert code == 2
        assert "given twice" in err


def test_a_place_that_cannot_be_written_is_refused(calibrate, tmp_path):
    one = walk(tmp_path / "one.txt", briskness=2.0)
    code, _, err = calibrate("--motion", one, "--rate-hz", "60", "--out", tmp_path / "none" / "w.json")
    assert code == 2
    assert "cannot be written" in err


def written(position, version=1):
    row = f'{{"rate_hz": 60.0, "horizon_ms": 60.0, "position": {position}, "rotation": [0, 0, 0]}}'
    return f'{{"version": {version}, "origin": "x", "licence": "x", "rows": [{row}]}}'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"origin": "x", "licence": "x", "rows": []}',
        written("[1, 2]"),
        written("[1, 2, 99]"),
        written("[1, 2, 3]", version=99),
        b" " * (MAX_PREDICTOR_BYTES + 1),
    ],
)
def test_a_broken_weights_file_is_one_plain_finding(tmp_path, content):
    file = tmp_path / "weights.json"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load_predictor(file)
    assert str(refused.value).startswith(f"{file}: found ")


def test_a_missing_weights_file_is_one_plain_finding(tmp_path):
    with pytest.raises(ConfigError, match="expected a readable file of predictor weights"):
        load_predictor(tmp_path / "none.json")


def test_the_shipped_weights_name_their_origin_and_licence():
    shipped = shipped_predictor()
    assert "TUM" in shipped.origin
    assert "CC BY 4.0" in shipped.licence
    assert {row.rate_hz for row in shipped.rows} == {25.0, 30.0, 50.0, 60.0}
    files = sorted(SHIPPED_PREDICTOR.parent.iterdir())
    assert [load_predictor(file) for file in files]


def stage_with(tmp_path, lines):
    """The starter's stage on a plane wall, its tracker with more `lines`."""
    text = starter("A", wall="plane", tracker="freed", resolution_px=(64, 32), rate_hz="60")
    assert text.count("[[trackers]]\n") == 1
    file = tmp_path / "stage.toml"
    file.write_text(text.replace("[[trackers]]\n", f"[[trackers]]\n{lines}\n"))
    return load_config(file)


def test_weights_reach_the_show_its_take_and_its_plan(calibrate, tmp_path):
    one = walk(tmp_path / "one.txt", briskness=2.0)
    calibrate("--motion", one, "--rate-hz", "60", "--out", tmp_path / "mine.json")
    loaded = stage_with(tmp_path, 'predictor = "learned"\npredictor_weights = "mine.json"')
    _, calibration = load_geometry(loaded)
    (tracker,) = loaded.config.trackers
    assert calibration.predictors == {tracker.name: load_predictor(tmp_path / "mine.json")}
    taken = msgspec.msgpack.decode(msgspec.msgpack.encode(calibration), type=Calibration)
    assert taken == calibration
    live, again = (Show(loaded.config, calibration, new_state(loaded.config)) for calibration in (calibration, taken))
    frames = [inputs_of(index, tracker) for index in range(90)]
    plans = [live.step(inputs) for inputs in frames]
    assert plans == [again.step(inputs) for inputs in frames]
    assert plans[10].trackers[0].method == "predicted"
    assert plans[-1].trackers[0].method == "learned"
    assert live.trackers[tracker.name].status(live.state.now_ns).predictor == "learned"


def test_a_snapshot_carries_what_was_learned(tmp_path):
    loaded = stage_with(tmp_path, 'predictor = "learned"')
    _, calibration = load_geometry(loaded)
    (tracker,) = loaded.config.trackers
    whole = Show(loaded.config, calibration, new_state(loaded.config))
    for index in range(70):
        whole.step(inputs_of(index, tracker))
    restored = Show(loaded.config, calibration, whole.snapshot())
    later = [inputs_of(index, tracker) for index in range(70, 120)]
    assert [restored.step(inputs) for inputs in later] == [whole.step(inputs) for inputs in later]


def inputs_of(index, tracker):
    """One frame with one packet of a swaying camera, its sample taken as the slot begins."""
    seconds = index / 60.0
    sample = TrackerSample(
        position_m=(0.3 * math.sin(3.0 * seconds), 0.0, 1.5),
        rotation=quat_from_pan_tilt_roll(10.0 * math.sin(2.0 * seconds), 0.0, 0.0),
    )
    now_ns = 10**9 + index * PERIOD_NS
    payload = encode_freed(sample, tracker.camera_id or 1, tracker.dialect)
    datagram = Datagram(source=tracker.source, sender="test", received_ns=now_ns - 1_000_000, payload=payload)
    return FrameInputs(
        epoch=1, frame=index, present_ns=now_ns + PERIOD_NS, datagrams=(datagram,), commands=(), observations=()
    )


def test_weights_for_a_predictor_that_does_not_learn_are_a_finding(tmp_path):
    with pytest.raises(ConfigError, match=r"predictor_weights: found 'mine.json', expected predictor = \"learned\""):
        stage_with(tmp_path, 'predictor_weights = "mine.json"')
