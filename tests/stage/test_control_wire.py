"""The wire's messages: fixed bytes, strict requests, any bytes survived."""

from __future__ import annotations

import contextlib
import json
import time
from typing import get_args, get_type_hints

import jsonschema
import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.control import replies, wire
from stage.control.requests import (
    DescribeRequest,
    EdgeRequest,
    GetRequest,
    HelloRequest,
    LightsRequest,
    LoadRequest,
    LogRequest,
    SaveRequest,
    SnapshotRequest,
    StatusRequest,
)
from stage.show.frame.requests import (
    AcknowledgeRequest,
    BatchRequest,
    CueRequest,
    DeskRequest,
    LeaseRequest,
    LightRequest,
    LookRequest,
    NudgeRequest,
    Request,
    SetRequest,
    ShowRequest,
    TakeRequest,
    Target,
    UndoRequest,
    WorldsRequest,
)
from stage.values.desk import DeskMap
from tests.examples import hostile

FIELDS = {"id": "1", "frame": 60, "epoch": 7, "seq": 3}
REQUESTS = {
    "hello": (HelloRequest(id="1"), "82a474797065a568656c6c6fa26964a131"),
    "get": (GetRequest(id="1", path="/a"), "83a474797065a3676574a26964a131a470617468a22f61"),
    "set": (
        SetRequest(id="1", path="/a", value=0.5, fade_s=2.0),
        "85a474797065a3736574a26964a131a470617468a22f61a576616c7565cb3fe0000000000000a6666164655f73cb4000000000000000",
    ),
    "batch": (
        BatchRequest(id="1", items=(Target(path="/a", value=True),)),
        (
            "83a474797065a56261746368a26964a131a56974656d739183a470617468a22f61a576616c7565c3"
            "a6666164655f73cb0000000000000000"
        ),
    ),
    "describe": (DescribeRequest(id="1"), "83a474797065a86465736372696265a26964a131a470617468a0"),
    "snapshot": (SnapshotRequest(id="1"), "82a474797065a8736e617073686f74a26964a131"),
    "acknowledge": (
        AcknowledgeRequest(id="1", code="core_restarted"),
        "83a474797065ab61636b6e6f776c65646765a26964a131a4636f6465ae636f72655f726573746172746564",
    ),
    "desk": (
        DeskRequest(id="1", maps=(DeskMap(path="/grade/tint", universe=1, address=2),)),
        (
            "83a474797065a46465736ba26964a131a46d6170739187a470617468ab2f67726164652f74696e74a8756e6976657273"
            "6501a76164647265737302a46269747308a36c6f77c0a468696768c0a974616b655f6f766572a46a756d70"
        ),
    ),
    "status": (StatusRequest(id="1"), "82a474797065a6737461747573a26964a131"),
    "worlds": (
        WorldsRequest(id="1"),
        "86a474797065a6776f726c6473a26964a131a6616374696f6ea46c697374a46e616d65a0a4636f6465a0a566696c657390",
    ),
    "cue": (
        CueRequest(id="1"),
        "84a474797065a3637565a26964a131a6616374696f6ea46c697374a46375657390",
    ),
    "look": (
        LookRequest(id="1"),
        (
            "88a474797065a46c6f6f6ba26964a131a6616374696f6ea46c697374a46e616d65a0a2746fa0a46f6e6c7990"
            "a6666164655f73cb0000000000000000a676616c75657380"
        ),
    ),
    "lights": (LightsRequest(id="1"), "82a474797065a66c6967687473a26964a131"),
    "light": (
        LightRequest(id="1", name="k"),
        "84a474797065a56c69676874a26964a131a6616374696f6ea474616b65a46e616d65a16b",
    ),
    "save": (SaveRequest(id="1"), "83a474797065a473617665a26964a131a46e616d65a773746172747570"),
    "load": (LoadRequest(id="1", name="b"), "83a474797065a46c6f6164a26964a131a46e616d65a162"),
    "log": (LogRequest(id="1"), "85a474797065a36c6f67a26964a131a46c61737440a6706572736f6ea0a470617468a0"),
    "take": (
        TakeRequest(id="1", action="start", name="t"),
        "84a474797065a474616b65a26964a131a6616374696f6ea57374617274a46e616d65a174",
    ),
    "undo": (
        UndoRequest(id="1"),
        "84a474797065a4756e646fa26964a131a6616374696f6ea4756e646fa6666164655f73cb0000000000000000",
    ),
    "lease": (
        LeaseRequest(id="1", action="take", paths=("/a",)),
        "84a474797065a56c65617365a26964a131a6616374696f6ea474616b65a5706174687391a22f61",
    ),
    "nudge": (
        NudgeRequest(id="1", tracker="t", pan_deg=0.0),
        "84a474797065a56e75646765a26964a131a7747261636b6572a174a770616e5f646567cb0000000000000000",
    ),
}


@pytest.mark.parametrize(("request_record", "golden"), REQUESTS.values(), ids=REQUESTS)
def test_requests_keep_their_bytes(request_record, golden):
    assert wire.encode_request(request_record).hex() == golden
    assert wire.decode_request(bytes.fromhex(golden)) == request_record


@pytest.mark.parametrize("item", [{"path": "/a", "value": 2}, {"type": "set", "path": "/a", "value": 2}])
def test_items_of_a_batch_may_have_a_type_and_need_none(item):
    (read,) = wire.decode_request(msgpack.packb({"type": "batch", "id": "1", "items": [item]})).items
    assert (read.path, read.value, read.fade_s) == ("/a", 2.0, 0.0)


def test_replies_keep_their_bytes():
    reply = replies.ValueReply(**FIELDS, path="/a", value=0.5)
    assert replies.encode_message(reply).hex() == (
        "88a474797065a26f6ba26964a131a56672616d653ca565706f636807a373657103a470617468a22f61a576616c7565cb3fe0000000000000"
        "a664657461696ca0"
    )
    update = replies.StateUpdate(epoch=7, seq=3, frame=60, values={"/a": True}, tree=2)
    assert replies.encode_message(update).hex() == (
        "86a474797065a57374617465a565706f636807a373657103a56672616d653ca676616c75657381a22f61c3a47472656502"
    )


def test_a_plain_msgpack_client_reads_an_error():
    error = replies.ErrorReply(
        **FIELDS, code="forbidden", detail="no", path="/a", value=1.0, reason="why", values={"b": 2}
    )
    assert msgpack.unpackb(replies.encode_message(error)) == {
        "type": "error", **FIELDS, "code": "forbidden", "detail": "no", "path": "/a", "value": 1.0,
        "reason": "why", "values": {"b": 2},
    }  # fmt: skip


def test_a_name_that_is_too_long_is_answered_with_what_is_allowed():
    with pytest.raises(wire.MessageError) as refused:
        wire.decode_request(msgpack.packb({"type": "take", "id": 1, "action": "start", "name": "a" * 101}))
    assert refused.value.refusal.values["found"].startswith("expected text of at most 100 characters")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "set", "id": "9", "path": "/a", "value": [1]}, "wrong_type"),
        ({"type": "set", "id": "9", "path": "/a", "value": None}, "wrong_type"),
        ({"type": "set", "id": "9", "path": "/a", "value": 1, "fade": 2}, "bad_message"),
        ({"type": "set", "id": "9", "path": "/a", "value": 1, "fade_s": -2}, "bad_message"),
        ({"type": "set", "id": "9", "path": "/a", "value": 1, "fade_s": float("nan")}, "bad_message"),
        ({"type": "set", "id": "9", "path": "/" * 257, "value": 1}, "bad_message"),
        ({"type": "save", "id": "9", "name": "../up"}, "bad_message"),
        ({"type": "save", "id": "9", "name": "look\n"}, "bad_message"),
        ({"type": "load", "id": "9", "name": "look\n"}, "bad_message"),
        ({"type": "take", "id": "9", "action": "start", "name": "a" * 101}, "bad_message"),
        ({"type": "explode", "id": "9"}, "bad_message"),
        ({"id": "9"}, "bad_message"),
    ],
)
def test_a_wrong_request_is_refused_under_its_own_id(body, code):
    with pytest.raises(wire.MessageError) as refused:
        wire.decode_request(msgpack.packb(body))
    assert refused.value.refusal.code == code
    assert refused.value.request_id == "9"


def test_the_wire_has_every_request_of_the_two_tables_and_no_other():
    records = [command.request for command in wire.WIRE_COMMANDS]
    assert list(dict.fromkeys(records)) == list(dict.fromkeys((*EdgeRequest.__args__, *ShowRequest.__args__)))
    asked = [(command.request, command.action) for command in wire.WIRE_COMMANDS]
    assert len(asked) == len(set(asked))
    actions = [action for request, action in asked if request is WorldsRequest]
    assert sorted(actions) == sorted(get_args(get_type_hints(WorldsRequest)["action"]))
    assert {record.__struct_config__.tag for record in records} == set(REQUESTS)
    assert all(issubclass(record, Request) for record in records)


def test_the_worlds_are_listed_by_a_request_that_says_no_more():
    assert wire.decode_request(msgpack.packb({"type": "worlds", "id": "1"})) == WorldsRequest(id="1")


@given(st.binary(max_size=400))
@hostile()
def test_random_bytes_are_refused(body):
    with pytest.raises(wire.MessageError):
        wire.decode_request(body)


@given(st.sampled_from([golden for _, golden in REQUESTS.values()]), st.data())
@hostile()
def test_mutated_requests_are_read_or_refused(golden, data):
    body = bytearray.fromhex(golden)
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(wire.MessageError):
        wire.decode_request(bytes(body[: data.draw(st.integers(0, len(body)))]))


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\xa2id", b"\x83\xa4type\xa3set\xa2id\xa19\xa5value"])
def test_hostile_nesting_is_refused(opening):
    with pytest.raises(wire.MessageError):
        wire.decode_request(opening * 20000)
    with pytest.raises(wire.MessageError):
        wire.decode_request(opening + b"\x91" * 60000)


def test_a_huge_declared_length_is_refused():
    with pytest.raises(wire.MessageError):
        wire.decode_request(b"\x83\xa4type\xa5batch\xa2id\xa19\xa5items\xdd\xff\xff\xff\xff")


def test_a_long_name_costs_the_same_whatever_it_says():
    """A long search would hold up the loop, which reads the messages of all clients."""

    def read_s(field):
        body = msgpack.packb({"type": "set", "id": "1", field: 1})
        took_s = []
        for _ in range(5):
            begun_s = time.thread_time()
            with pytest.raises(wire.MessageError):
                wire.decode_request(body)
            took_s.append(time.thread_time() - begun_s)
        return min(took_s)

    words = "matching regex '"  # as errors have them
    assert read_s(words * 3750) < 100.0 * read_s("x" * 60_000)


@pytest.mark.parametrize("request_record", [record for record, _ in REQUESTS.values()], ids=REQUESTS)
def test_the_published_schema_describes_every_request(request_record):
    schema = json.loads(json.dumps(wire.request_schema()))
    jsonschema.Draft202012Validator(schema).validate(json.loads(msgspec.json.encode(request_record)))


@pytest.mark.parametrize("name", ["../up", "look\n", "", "a" * 65, "-first"])
def test_a_refused_name_is_explained_in_words(name):
    with pytest.raises(wire.MessageError) as refused:
        wire.decode_request(msgpack.packb({"type": "save", "id": "9", "name": name}))
    found = refused.value.refusal.values["found"]
    assert "1 to 64 letters, digits" in found
    assert "regex" not in found
    assert "[A-Z" not in found
