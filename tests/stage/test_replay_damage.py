"""A take that was changed or cut after it was recorded: what is wrong is named, with exit 1, whatever it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from mcap.reader import make_reader
from mcap.writer import Writer
from recorded_stage import record
from running_stage import command_here

from stage.takes.overview import overview
from stage.takes.reader import TakeReader

FIRST, LAST = 5000, 5030
SNAPSHOTS = (4999, 5000, 5010, 5020)
PART_ONE = b"\x04\0\0\0part\x01\0\0\x001"
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("damage"), range(FIRST, LAST), snapshot_every=10)


def with_message(path: Path, out: Path, topic: str, number: int, change: Change) -> Path:
    """A copy with the bytes of one message changed, by its index among those of `topic`; all checksums are right."""
    with path.open("rb") as source, out.open("wb") as target:
        reader, writer = make_reader(source), Writer(target)
        writer.start()
        for entry in reader.iter_metadata():
            writer.add_metadata(entry.name, entry.metadata)
        for attachment in reader.iter_attachments():
            writer.add_attachment(0, 0, attachment.name, attachment.media_type, attachment.data)
        channels: dict[str, int] = {}
        counted: dict[str, int] = {}
        for schema, channel, message in reader.iter_messages(log_time_order=False):
            if channel.topic not in channels:
                schema_id = writer.register_schema(schema.name if schema else "", "", b"")
                channels[channel.topic] = writer.register_channel(channel.topic, "msgpack", schema_id)
            present = counted[channel.topic] = counted.get(channel.topic, -1) + 1
            body = change(message.data) if (channel.topic, present) == (topic, number) else message.data
            writer.add_message(channels[channel.topic], message.log_time, body, message.publish_time, message.sequence)
        writer.finish()
    return out


def flipped(at: float, bit: int) -> Change:
    """One bit changed, but not in the seal's own values at the end of a plan's message, which mean nothing alone."""

    def change(body: bytes) -> bytes:
        spoilt = bytearray(body)
        spoilt[int(at * (body.find(b"leaves") % len(spoilt)))] ^= 1 << bit
        return bytes(spoilt)

    return change


def edited(edit: Callable[[dict[str, Any]], None]) -> Change:
    def change(body: bytes) -> bytes:
        fields = msgspec.msgpack.decode(body)
        edit(fields)
        return msgspec.msgpack.encode(fields)

    return change


def verified(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    ended = command_here("replay", str(path), "--verify", "--json", *more)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


@pytest.mark.parametrize("topic", ["/inputs", "/plan", "/outcome", "/snapshot"])
@pytest.mark.parametrize("bits", [20, pytest.param(2000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_any_flipped_bit_is_found_and_reported_in_whole_json(take: Path, tmp_path: Path, topic: str, bits: int) -> None:
    at_random = random.Random(f"{topic} {bits}")
    count = len(SNAPSHOTS) if topic == "/snapshot" else LAST - FIRST
    for _ in range(bits):
        number, at, bit = at_random.randrange(count), at_random.random(), at_random.randrange(8)
        copy = with_message(take, tmp_path / "spoilt.mcap", topic, number, flipped(at, bit))
        code, report = verified(copy)
        found = report["first_difference"] or report["skipped"] or report["damage"]
        assert (code, bool(found)) == (1, True), (number, at, bit, report)


@pytest.mark.parametrize("bits", [40, pytest.param(2000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_any_flipped_bit_of_the_file_itself_ends_in_words(take: Path, tmp_path: Path, bits: int) -> None:
    at_random = random.Random(bits)
    content, spoilt = take.read_bytes(), tmp_path / "spoilt.mcap"
    for _ in range(bits):
        changed = bytearray(content)
        changed[at_random.randrange(len(changed))] ^= 1 << at_random.randrange(8)
        spoilt.write_bytes(changed)
        ended = command_here("replay", str(spoilt), "--verify", "--json")
        assert ended.returncode in (0, 1, 2)
        assert json.loads(ended.stdout) if ended.returncode < 2 else len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("present_ns", value) for value in (0, -1, 2**64 - 1, -(2**63), 2**62)]
    + [("frame", value) for value in (-1, 2**64 - 1, -(2**63))]
    + [("present_ns", "soon"), ("datagrams", None)],
)
def test_an_input_that_no_stage_ever_had_is_named_by_frame_and_field(
    take: Path, tmp_path: Path, field: str, value: Any
) -> None:
    change = edited(lambda inputs: inputs.update({field: value}))
    code, report = verified(with_message(take, tmp_path / "spoilt.mcap", "/inputs", 15, change))
    assert code == 1
    first = report["first_difference"]
    assert first["frame"] == FIRST + 15
    assert first["input"] == f"inputs.{field}"
    assert report["equal"] >= 15


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda message: message["glue"].__setitem__(0, b"\xc1" + message["glue"][0]), "snapshot"),
        (
            lambda message: message["glue"].__setitem__(0, message["glue"][0].replace(b"controls", b"\xff\xfentrols")),
            "snapshot",
        ),
        (lambda message: message["glue"].__setitem__(0, b"\x91" * 100_000), "snapshot"),
    ],
)
@pytest.mark.parametrize("number", range(len(SNAPSHOTS)))
def test_an_unreadable_snapshot_is_named_and_replay_resumes_from_the_next_one(
    take: Path, tmp_path: Path, edit: Any, named: str, number: int
) -> None:
    code, report = verified(with_message(take, tmp_path / "spoilt.mcap", "/snapshot", number, edited(edit)))
    assert code == 1
    assert (report["first_difference"]["frame"], report["first_difference"]["path"]) == (SNAPSHOTS[number], named)
    assert report["equal"] == report["frames"] >= 19


def test_a_take_whose_only_snapshot_is_spoilt_is_a_finding_too(tmp_path: Path) -> None:
    short = record(tmp_path, range(1, 11), warm_up=0)
    copy = with_message(
        short, tmp_path / "spoilt.mcap", "/snapshot", 0, edited(lambda one: one["glue"].__setitem__(0, b"\xc1"))
    )
    code, report = verified(copy)
    assert (code, report["frames"], report["skipped"]) == (1, 0, 10)
    assert report["first_difference"]["path"] == "snapshot"
    ended = command_here("replay", str(copy))
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
    assert "snapshot" in ended.stderr


def test_a_plan_with_broken_text_is_named(take: Path, tmp_path: Path) -> None:
    def spoil(body: bytes) -> bytes:
        return body.replace(b"coordinates", b"\xff\xffordinates")

    code, report = verified(with_message(take, tmp_path / "spoilt.mcap", "/plan", 7, spoil))
    assert code == 1
    assert (report["first_difference"]["frame"], report["first_difference"]["path"]) == (FIRST + 7, "plan")
    assert report["equal"] == LAST - FIRST - 1


def test_an_outcome_with_broken_text_is_named(take: Path, tmp_path: Path) -> None:
    def spoil(body: bytes) -> bytes:
        return body.replace(b"trackers", b"\xff\xfeackers")

    code, report = verified(with_message(take, tmp_path / "spoilt.mcap", "/outcome", 7, spoil))
    assert code == 1
    assert (report["first_difference"]["frame"], report["first_difference"]["path"]) == (FIRST + 7, "outcome")
    assert report["equal"] == LAST - FIRST - 1


def test_a_frame_without_its_outcome_is_damage_and_the_frames_after_it_are_equal(take: Path, tmp_path: Path) -> None:
    copy = tmp_path / "without.mcap"
    with take.open("rb") as source, copy.open("wb") as target:
        reader, writer = make_reader(source), Writer(target)
        writer.start()
        for entry in reader.iter_metadata():
            writer.add_metadata(entry.name, entry.metadata)
        for attachment in reader.iter_attachments():
            writer.add_attachment(0, 0, attachment.name, attachment.media_type, attachment.data)
        channels: dict[str, int] = {}
        for _, channel, message in reader.iter_messages(log_time_order=False):
            if channel.topic not in channels:
                channels[channel.topic] = writer.register_channel(channel.topic, "msgpack", 0)
            if (channel.topic, message.sequence) != ("/outcome", FIRST + 7):
                number = channels[channel.topic]
                writer.add_message(number, message.log_time, message.data, message.publish_time, message.sequence)
        writer.finish()
    code, report = verified(copy)
    assert (code, report["frames"], report["equal"]) == (1, LAST - FIRST, LAST - FIRST - 1)
    assert report["damage"] == [f"frame {FIRST + 7}: its outcome is missing"]
    assert (report["first_difference"]["frame"], report["first_difference"]["path"]) == (FIRST + 7, "outcome")


def test_a_span_of_a_whole_take_is_of_a_whole_take(take: Path) -> None:
    code, report = verified(take, "--frames", f"{FIRST + 3}:{FIRST + 9}")
    assert (code, report["frames"], report["complete"], report["damage"]) == (0, 6, True, [])


@pytest.mark.parametrize("lost", [1, 7, 8, 9, 20, 300, 3000])
def test_a_cut_take_is_reported_with_a_reason(take: Path, tmp_path: Path, lost: int) -> None:
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(take.read_bytes()[:-lost])
    found = overview(cut)
    assert not found.complete
    (damage,) = found.damage
    assert damage.partition(": ")[2]
    reader = TakeReader(cut)
    assert not reader.complete
    assert next(reader.entries())
    assert not reader.complete


def test_a_part_without_a_number_counts_as_the_first(take: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mcap"
    content = take.read_bytes()
    assert content.count(PART_ONE) == 1
    other.write_bytes(content.replace(PART_ONE, PART_ONE[:-1] + b"x"))
    assert TakeReader(other).part.part == 1
