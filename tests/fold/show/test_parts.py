"""A state encoded in parts is the state encoded in one go, and what did not change is not encoded again."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.run.encoded_state import joined, piece_of
from stage.show.parts.encoding import encode_in_parts
from stage.show.parts.part import KeptRecord, Part
from stage.show.state import decode_state, encode_state, state_in_parts
from tests.building import step
from tests.examples import costly
from tests.fold.show.air_stage import everything_ready
from tests.fold.show.eventful import EVENTFUL, FRAMES
from tests.fold.show.library_events import STAGE, file, going, idle, listing
from tracking.records import Notebook


class Look(KeptRecord):
    values: dict[str, float]


class Client(Part):
    count: int = 0
    name: str = ""


class Shelf(Part):
    before: int = 0
    looks: dict[str, Look] = msgspec.field(default_factory=dict)
    newest: str = ""


class Room(Notebook):
    frame: int = 0
    shelf: Shelf = msgspec.field(default_factory=Shelf)
    clients: dict[str, Client] = msgspec.field(default_factory=dict)


class State(Notebook):
    first: str = "a"
    room: Room = msgspec.field(default_factory=Room)
    last: float = 0.5


LONG = "a name that makes a part of its own" * 50
NAMES = st.text(max_size=6)
LOOKS = st.builds(Look, values=st.dictionaries(NAMES, st.floats(allow_nan=False), max_size=4))


def parts_of(encoded):
    return {part.name: b"".join(piece.content for piece in part.pieces) for part in encoded.parts}


@costly(full=100, quick=20)
@given(st.dictionaries(NAMES, LOOKS, max_size=40), st.dictionaries(NAMES, st.builds(Client, name=NAMES), max_size=20))
def test_the_parts_together_are_the_bytes_of_the_whole(looks, clients):
    state = State(room=Room(shelf=Shelf(looks=looks), clients=clients))
    for _ in range(2):
        assert encode_in_parts(state).whole() == msgspec.msgpack.encode(state)


def test_a_map_of_any_length_begins_as_msgpack_has_it():
    for length in (0, 15, 16, 65_536):
        state = Room(shelf=Shelf(looks={str(number): Look(values={}) for number in range(length)}))
        assert encode_in_parts(state).whole() == msgspec.msgpack.encode(state)


def test_only_what_said_that_it_changed_is_encoded_again():
    look = Look(values={f"/light/{number}": 1.0 for number in range(100)})
    room = Room(shelf=Shelf(looks={"dawn": look}), clients={"x": Client(name=LONG), "y": Client(name=LONG)})
    before = encode_in_parts(room)
    room.frame = 7
    room.clients["y"].count = 1
    room.clients["y"].note_change()
    room.shelf.looks["dusk"] = Look(values={"/a": 0.0})
    room.shelf.note_change()
    after = encode_in_parts(room)
    assert after.whole() == msgspec.msgpack.encode(room)
    same = {part.name for part, later in zip(before.parts, after.parts, strict=True) if part is later}
    assert same == {"clients.x"}
    kept = {id(piece) for piece in before.parts[0].pieces}
    assert len([piece for piece in after.parts[0].pieces if id(piece) in kept]) == 1, "the look that was there"


def test_small_parts_are_glue():
    room = Room(shelf=Shelf(newest="dawn"), clients={"x": Client()})
    for _ in range(2):
        encoded = encode_in_parts(room)
        assert (encoded.parts, encoded.whole()) == ((), msgspec.msgpack.encode(room))
    room.clients["x"].count = 7
    room.clients["x"].note_change()
    assert encode_in_parts(room).whole() == msgspec.msgpack.encode(room)


def test_a_part_under_another_name_is_encoded_with_it():
    look = Look(values={"/a": 1.0})
    room = Room(shelf=Shelf(looks={"dawn": look}), clients={"x": Client()})
    encode_in_parts(room)
    room.shelf.looks = {"renamed": look}
    room.shelf.note_change()
    room.clients = {"z": room.clients["x"]}
    assert encode_in_parts(room).whole() == msgspec.msgpack.encode(room)


def test_equal_parts_have_equal_digests_and_others_have_not():
    pieces = [encode_in_parts(Room(shelf=Shelf(newest=name * 2000))).parts[0].pieces for name in "aab"]
    assert pieces[0] == pieces[1] != pieces[2]
    assert piece_of(b"") != piece_of(b"\0")


def test_glue_that_does_not_fit_its_parts_is_refused():
    with pytest.raises(ValueError):
        joined((b"a", b"b"), iter(()))


def test_the_state_in_parts_is_the_state_in_every_frame():
    show = EVENTFUL.show()
    for inputs in FRAMES[:60]:
        show.step(inputs)
        assert state_in_parts(show.state).whole() == encode_state(show.state)


def test_the_library_is_encoded_when_its_files_change_and_in_no_other_frame():
    show = everything_ready(STAGE)
    step(show, 1, observations=[listing(*(file(f"{name}.png") for name in ("dusk", "dawn", *map(str, range(40)))))])
    idle(show, 2, 30)
    listed = state_in_parts(show.state)
    idle(show, 32, 4)
    same = {
        part.name for part, later in zip(listed.parts, state_in_parts(show.state).parts, strict=True) if part is later
    }
    assert "air.library" in same
    step(show, 40, observations=[going("dusk.png")])
    gone = state_in_parts(show.state)
    assert parts_of(gone)["air.library"] != parts_of(listed)["air.library"]
    assert "library/dusk.png" not in decode_state(gone.whole()).air.library.files
