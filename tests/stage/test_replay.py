"""Replay gives what was recorded, and names the frame and the field where it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.writer import Writer
from recorded_stage import Tape, inputs_of, new_show, played, record

from render.plan.frame import FramePlan
from stage.cli import main
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.outcome import encode_plan
from stage.takes.compare import first_difference, leaves, tree_of
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Figures, Replay, Span
from stage.takes.seals import broken_seal, digest_of, seal_of
from tests.examples import hostile
from tracking.records import ConfigError

FIRST, LAST = 5000, 5400
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("replay"), range(FIRST, LAST), snapshot_every=100)


def replayed(
    path: Path,
    span: Span | None = None,
    *,
    exact: bool = True,
    see: Callable[[FrameInputs, FramePlan], None] = lambda _inputs, _plan: None,
) -> Figures:
    return Replay(TakeReader(path), ShowFold, span=span or Span(), compare=True, exact=exact, see=see).run()


def changed(
    path: Path, out: Path, topic: str, frame: int, change: Change, *, metadata: dict[str, str] | None = None
) -> Path:
    """A copy of a take, written by the MCAP library alone, with one message changed."""
    with path.open("rb") as source, out.open("wb") as target:
        reader, writer = make_reader(source), Writer(target)
        writer.start()
        for entry in reader.iter_metadata():
            writer.add_metadata(entry.name, {**entry.metadata, **(metadata or {})})
        for attachment in reader.iter_attachments():
            writer.add_attachment(0, 0, attachment.name, attachment.media_type, attachment.data)
        channels: dict[str, int] = {}
        for schema, channel, message in reader.iter_messages(log_time_order=False):
            if channel.topic not in channels:
                number = writer.register_schema(schema.name if schema else "", "", b"")
                channels[channel.topic] = writer.register_channel(channel.topic, "msgpack", number)
            body = message.data
            if channel.topic == topic and message.sequence == frame:
                fields = msgspec.msgpack.decode(body)
                change(fields)
                body = msgspec.msgpack.encode(fields)
            writer.add_message(channels[channel.topic], message.log_time, body, message.publish_time, message.sequence)
        writer.finish()
    return out


def flip_byte(at: int) -> Change:
    def change(inputs: dict[str, Any]) -> None:
        payload = bytearray(inputs["datagrams"][1]["payload"])
        payload[at] ^= 1
        inputs["datagrams"][1]["payload"] = bytes(payload)

    return change


def set_command(inputs: dict[str, Any]) -> None:
    inputs["commands"][0]["request"]["value"] = 4.75


def move_present(inputs: dict[str, Any]) -> None:
    inputs["present_ns"] += 1


def test_a_take_begun_in_a_running_show_replays_equal(take: Path) -> None:
    figures = replayed(take)
    assert (figures.frames, figures.equal, figures.skipped, figures.differences) == (400, 400, 0, [])
    assert figures.snapshots == 5


@pytest.mark.parametrize("at", range(29))
def test_a_changed_tracker_byte_is_named(take: Path, tmp_path: Path, at: int) -> None:
    figures = replayed(
        changed(take, tmp_path / "changed.mcap", "/inputs", 5111, flip_byte(at)), Span(first=5100, last=5120)
    )
    assert figures.equal < figures.frames == 20
    assert figures.differences[0].frame == 5111
    assert figures.differences[0].input == "inputs.datagrams[1].payload"


@pytest.mark.parametrize(
    ("frame", "change", "named"),
    [
        (5110, set_command, ("outcome.answers[0].value", "inputs.commands[0].request.value")),
        (5111, move_present, ("present_ns", "inputs.present_ns")),
        (5399, move_present, ("present_ns", "inputs.present_ns")),
    ],
)
def test_a_changed_command_or_time_is_named(
    take: Path, tmp_path: Path, frame: int, change: Change, named: tuple[str, str]
) -> None:
    figures = replayed(changed(take, tmp_path / "changed.mcap", "/inputs", frame, change))
    first = figures.differences[0]
    assert (first.frame, first.path, first.input) == (frame, *named)


def test_an_input_that_moves_nothing_is_still_named(take: Path, tmp_path: Path) -> None:
    def change(inputs: dict[str, Any]) -> None:
        inputs["datagrams"][0]["sender"] = "192.0.2.1:1"

    figures = replayed(changed(take, tmp_path / "changed.mcap", "/inputs", 5222, change))
    assert figures.equal == 399
    assert (figures.differences[0].frame, figures.differences[0].path) == (5222, "inputs.datagrams[0].sender")


def test_a_changed_plan_or_digest_is_named(take: Path, tmp_path: Path) -> None:
    def move_eye(message: dict[str, Any]) -> None:
        message["plan"]["inners"][0]["eye_m"][1] += 0.5

    def spoil(message: dict[str, Any]) -> None:
        message["digest"] = bytes(16)

    eye = replayed(changed(take, tmp_path / "eye.mcap", "/plan", 5100, move_eye)).differences
    digest = replayed(changed(take, tmp_path / "digest.mcap", "/plan", 5100, spoil)).differences
    assert [(difference.frame, difference.path) for difference in eye] == [(5100, "inners[0].eye_m[1]")]
    assert [(difference.frame, difference.path) for difference in digest] == [(5100, "digest")]


def test_a_changed_outcome_is_named(take: Path, tmp_path: Path) -> None:
    def predict_farther(report: dict[str, Any]) -> None:
        report["trackers"][1]["horizon_ms"] += 1.0

    def refuse(report: dict[str, Any]) -> None:
        report["answers"][0]["refusal"] = {"code": "forbidden", "reason": "value_needs_role", "values": {}}

    farther = replayed(changed(take, tmp_path / "farther.mcap", "/outcome", 5101, predict_farther)).differences
    refused = replayed(changed(take, tmp_path / "refused.mcap", "/outcome", 5105, refuse)).differences
    assert [(found.frame, found.path) for found in farther] == [(5101, "outcome.trackers[1].horizon_ms")]
    assert [(found.frame, found.path) for found in refused] == [(5105, "outcome.answers[0].refusal.code")]


def test_a_changed_snapshot_is_named(take: Path, tmp_path: Path) -> None:
    def change(message: dict[str, Any]) -> None:
        message["glue"][-1] = message["glue"][-1].replace(b"missed\0\xa7entries", b"missed\1\xa7entries")

    figures = replayed(changed(take, tmp_path / "changed.mcap", "/snapshot", 5200, change))
    assert figures.differences[0].path == "snapshot.missed"


def test_another_machine_may_differ_in_the_last_digits_only(take: Path, tmp_path: Path) -> None:
    (report,) = [
        entry.report
        for entry in TakeReader(take).entries()
        if isinstance(entry, RecordedFrame) and entry.message.frame == 5100
    ]

    def move_eye(by: float) -> Change:
        def change(message: dict[str, Any]) -> None:
            eye = message["plan"]["inners"][0]["eye_m"]
            eye[1] += by
            message["digest"] = digest_of(msgspec.msgpack.encode(message["plan"]), report)

        return change

    near = changed(take, tmp_path / "near.mcap", "/plan", 5100, move_eye(5e-10))
    far = changed(take, tmp_path / "far.mcap", "/plan", 5100, move_eye(2e-9))
    assert replayed(near, exact=False).equal == 400
    assert replayed(near, exact=True).equal == 399
    assert replayed(far, exact=False).equal == 399


@pytest.mark.parametrize(("first", "last"), [(5000, 5003), (5101, 5150), (5250, None), (None, 5050), (5399, 5400)])
def test_a_seek_gives_the_plans_of_the_whole_replay(take: Path, first: int | None, last: int | None) -> None:
    whole: dict[int, bytes] = {}
    part: dict[int, bytes] = {}
    replayed(take, see=lambda _inputs, plan: whole.update({plan.frame: encode_plan(plan)}))
    figures = replayed(
        take, Span(first=first, last=last), see=lambda _inputs, plan: part.update({plan.frame: encode_plan(plan)})
    )
    assert part == {frame: plan for frame, plan in whole.items() if (first or 0) <= frame < (last or LAST)}
    assert figures.frames == figures.equal == len(part)


def test_replay_resumes_after_a_gap_from_its_snapshot(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path)
    tape.open(show)
    for inputs, outcome in played(show, range(60)):
        if not 20 <= inputs.frame < 40:
            tape.put(inputs, outcome)
        if inputs.frame == 39:
            tape.snapshot(show)
    figures = replayed(tape.close())
    assert (figures.frames, figures.equal, figures.gaps) == (40, 40, 1)


def test_frames_may_skip_display_slots(tmp_path: Path) -> None:
    show, tape = new_show(), Tape(tmp_path)
    tape.open(show)
    for frame in (1, 2, 5, 9, 10, 300):
        inputs = inputs_of(frame)
        tape.put(inputs, show.step(inputs))
    figures = replayed(tape.close())
    assert (figures.frames, figures.equal, figures.gaps) == (6, 6, 0)


def test_the_command_reports_in_json(take: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = _run(capsys, "replay", str(take), "--verify", "--json")
    assert code == 0
    assert (report["frames"], report["equal"], report["first_difference"]) == (400, 400, None)
    spoilt = changed(take, tmp_path / "changed.mcap", "/inputs", 5111, move_present)
    code, report = _run(capsys, "replay", str(spoilt), "--verify", "--json")
    assert code == 1
    assert report["first_difference"] == {
        "frame": 5111,
        "path": "present_ns",
        "recorded": report["first_difference"]["replayed"] - 1,
        "replayed": report["first_difference"]["recorded"] + 1,
        "input": "inputs.present_ns",
    }


def test_refold_names_what_differs_on_a_take_of_another_version(
    take: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def warm(message: dict[str, Any]) -> None:
        message["plan"]["grade"]["temperature_k"] = 5000.0

    other = changed(take, tmp_path / "other.mcap", "/plan", 5100, warm, metadata={"build": "older", "version": "0.0.9"})
    code, report = _run(capsys, "replay", str(other), "--refold", "--json")
    assert code == 1
    assert (report["frames"], report["equal"], report["exact"]) == (400, 399, False)
    assert [difference["path"] for difference in report["differences"]] == ["grade.temperature_k"]


def test_take_info_and_list_describe_the_take(take: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, info = _run(capsys, "take", "info", str(take), "--json")
    assert code == 0
    assert (info["frames"], info["first_frame"], info["last_frame"], info["complete"]) == (400, 5000, 5399, True)
    code, listed = _run(capsys, "take", "list", str(take.parent), "--json")
    assert code == 0
    assert listed == [info]


def test_take_repair_reports_what_it_kept(take: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.mcap.part"
    cut.write_bytes(take.read_bytes()[:-3000])
    code, info = _run(capsys, "take", "info", str(cut), "--json")
    assert code == 1
    code, mended = _run(capsys, "take", "repair", str(cut), "--json")
    assert code == 0
    assert mended["frames"] == info["frames"] > 100
    assert Path(mended["file"]).is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("replay", "{folder}/none.mcap"), "No such file"),
        (("replay", "{folder}/text.mcap"), "expected an MCAP file of `stage`: it is a file of another kind"),
        (("replay", "{take}", "--frames", "x"), "expected A:B"),
        (("replay", "{take}", "--frames", "9000:"), "found no frame"),
        (("replay", "{take}", "--verify", "--refold"), "expected one of them"),
        (("take", "list", "{folder}/none"), "found no folder"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    take: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "text.mcap").write_text("no take")
    with pytest.raises(SystemExit) as ended:
        main([word.format(take=take, folder=tmp_path) for word in words])
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert out == ""
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_a_take_of_another_format_is_refused(take: Path, tmp_path: Path) -> None:
    other = changed(take, tmp_path / "other.mcap", "", 0, move_present, metadata={"format": "99"})
    with pytest.raises(ConfigError, match="take format 99"):
        TakeReader(other)


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), frame=st.integers(0, 1000))
@hostile()
def test_any_flipped_bit_of_the_inputs_breaks_the_seal(at: int, bit: int, frame: int) -> None:
    encoded = bytearray(msgspec.msgpack.encode(inputs_of(frame)))
    seal = seal_of(bytes(encoded))
    assert broken_seal(seal, bytes(encoded)) is None
    encoded[at % len(encoded)] ^= 1 << bit
    assert broken_seal(seal, bytes(encoded)) is not None


@given(
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers(-(2**62), 2**62)
        | st.text(max_size=5)
        | st.binary(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    )
)
def test_a_tree_never_differs_from_itself(value: Any) -> None:
    encoded = msgspec.msgpack.encode(value)
    assert first_difference(tree_of(encoded), tree_of(encoded)) is None
    assert list(leaves(tree_of(encoded)))


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    try:
        main(list(words))
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)
