"""The library's folder in the fold: names and keys, renames, new content, files that go and come back, the shelf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.air.shelf import FEWEST, room_for_worlds
from stage.show.air.state import standing_of
from stage.show.frame.inputs import AssetFailed, Cause, LibraryFolder, TakeReport
from stage.show.state import decode_state, encode_state
from stage.values.tree import snapshot_of
from tests.building import codes, digest, inputs_at, set_to, start_take, step, stop_take, value_of
from tests.examples import costly
from tests.fold.show.air_stage import ACTIVE, everything_ready, ready
from tests.fold.show.library_events import (
    FOLLOWING,
    STAGE,
    file,
    going,
    idle,
    key_of,
    listing,
    names,
    on_gpu,
    unread,
)

NFC, NFD = "caf\u00e9", "cafe\u0301"


def listed(*files, built=STAGE):
    show = everything_ready(built)
    step(show, 1, observations=[listing(*files)])
    idle(show, 2, 2 + len(files))
    return show


def on_air(show, name, frame=100, **keys):
    """Puts a picture on air by its file's name."""
    stem = name.rpartition(".")[0]
    outcome = step(show, frame, set_to(ACTIVE, stem), observations=[on_gpu(name, **keys)])
    assert step(show, frame + 1).air.on_air == stem
    return outcome


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["dusk.png"], ["dusk"]),
        (["dusk.png", "dusk.jpg"], ["dusk.png", "dusk.jpg"]),
        (["Dusk.png", "dusk.png"], ["Dusk.png", "dusk.png"]),
        ([f"{NFC}.png", "other.png", "valley.png"], [NFC, "other", "valley.png"]),
        (["a.png", "a.jpg", "a.png.png"], ["a.png", "a.jpg", "a.png.png"]),
    ],
)
def test_a_world_is_called_after_its_file_and_with_the_ending_where_two_share_it(files, expected):
    show = listed(*map(file, files))
    assert list(names(show)) == expected
    keys = {key_of(show, name) for name in expected}
    assert len(keys) == len(expected)
    assert keys.isdisjoint({"valley", "office", "street", "pattern"})


def test_files_whose_names_are_the_same_in_nfc_are_both_listed():
    show = listed(
        file(f"{NFC}.png"),
        file(f"{NFC}.png", version="2").__class__(file=f"library/{NFD}.png", stem=NFC, suffix=".png"),
    )
    assert names(show) == (f"{NFC}.png", f"{NFC}.png (2)")


def test_a_twin_that_goes_gives_the_other_its_plain_name_back():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    on_air(show, "dusk.png")
    step(show, 110, observations=[listing(file("dusk.jpg"))])
    assert (value_of(show, ACTIVE), show.state.air.on_air) == ("dusk.png", key)
    assert step(show, 111, observations=[going("dusk.jpg")]).air.on_air == "dusk"
    assert value_of(show, ACTIVE) == "dusk"


def test_values_come_with_a_world_and_go_with_it_and_come_back_with_the_file():
    show = everything_ready(STAGE)
    before, paths = snapshot_of(show.state.controls.values), [one.path for one in show.tree]
    step(show, 1, observations=[listing(file("a b.png"), file("a-b.png"))])
    idle(show, 2)
    key = key_of(show, "a-b")
    step(show, 10, set_to(f"/layer/{key}/opacity", 0.25), set_to(f"/worlds/{key}/turn_deg", 90.0))
    step(show, 11, observations=[going("a-b.png", "a b.png")])
    assert snapshot_of(show.state.controls.values) == before
    assert [one.path for one in show.tree] == paths
    step(show, 12, observations=[listing(file("a-b.png"))])
    idle(show, 13)
    assert key_of(show, "a-b") == key
    assert (value_of(show, f"/layer/{key}/opacity"), value_of(show, f"/worlds/{key}/turn_deg")) == (0.25, 90.0)


def test_a_renamed_file_keeps_key_values_and_picture():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    on_air(show, "dusk.png")
    shown = step(show, 103, set_to(f"/layer/{key}/opacity", 0.5)).plan.air.assets()
    renamed = step(show, 104, observations=[listing(file("night.png", was="library/dusk.png"))])
    assert (renamed.air.on_air, renamed.air.target, renamed.plan.air.assets()) == ("night", "night", shown)
    assert (key_of(show, "night"), value_of(show, f"/layer/{key}/opacity")) == (key, 0.5)
    assert names(show) == ("night",)


def test_new_content_of_the_world_on_air_waits_until_it_is_asked_for_again():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    on_air(show, "dusk.png")
    before = step(show, 110, observations=[listing(file("dusk.png", version="2"))]).plan.air.assets()
    assert standing_of(show.state.air, key) == "newer"
    assert step(show, 111, observations=[on_gpu("dusk.png", version="2")]).plan.air.assets() == before
    assert step(show, 112).plan.air.assets() == before
    again = step(show, 113, set_to(ACTIVE, "dusk"))
    assert (again.answers[0].detail, again.plan.air.assets()[0][0][:2]) == ("", "32")
    assert standing_of(show.state.air, key) == "ready"


def test_new_content_that_is_asked_for_before_it_is_read_comes_once_it_is():
    show = listed(file("dusk.png"))
    on_air(show, "dusk.png")
    step(show, 110, observations=[listing(file("dusk.png", version="2"))])
    asked = step(show, 111, set_to(ACTIVE, "dusk"))
    assert (asked.answers[0].detail, asked.plan.air.assets()[0][0][:2]) == ("loading", "31")
    assert step(show, 112, observations=[on_gpu("dusk.png", version="2")]).plan.air.assets()[0][0][:2] == "32"


def test_new_content_that_is_the_same_or_cannot_be_read_changes_nothing_on_the_wall():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    on_air(show, "dusk.png", sha256="ab" * 32)
    step(show, 110, observations=[listing(file("dusk.png", version="2"))])
    step(show, 111, observations=[on_gpu("dusk.png", version="2", sha256="ab" * 32)])
    assert standing_of(show.state.air, key) == "ready"
    step(show, 112, observations=[listing(file("dusk.png", version="3"))])
    broken = AssetFailed(file="library/dusk.png", cause=Cause(code="asset_refused"), version="3")
    outcome = step(show, 113, set_to(ACTIVE, "dusk"), observations=[broken])
    shown = outcome.plan.air.assets()
    assert shown == (("ab" * 32, ""),)
    (told,) = [one for one in outcome.health if one.code == "world_newer_unreadable"]
    assert (told.values["world"], told.values["file"]) == ("dusk", "library/dusk.png")
    assert step(show, 114).plan.air.assets() == shown
    assert "world_newer_unreadable" not in codes(step(show, 115, set_to(ACTIVE, "valley")))


def test_a_world_off_air_takes_new_content_at_once():
    show = listed(file("dusk.png"))
    on_air(show, "dusk.png")
    step(show, 110, set_to(ACTIVE, "valley"))
    step(show, 111, observations=[listing(file("dusk.png", version="2"))])
    waiting = step(show, 112, set_to(ACTIVE, "dusk"))
    assert (waiting.answers[0].detail, waiting.air.on_air) == ("loading", "valley")
    stale = step(show, 113, observations=[on_gpu("dusk.png", version="1")])
    assert stale.air.on_air == "valley"
    assert step(show, 114, observations=[on_gpu("dusk.png", version="2")]).air.on_air == "dusk"


def shown_version(show, frame, version):
    """What is on the wall once this version is ready."""
    outcome = step(show, frame, observations=[on_gpu("dusk.png", version=version)])
    return bytes.fromhex(outcome.plan.air.assets()[0][0][:2]).decode()


def test_new_content_that_is_followed_comes_by_itself_but_never_in_a_take_nor_by_itself_after_it():
    show = listed(file("dusk.png"), built=FOLLOWING)
    on_air(show, "dusk.png")
    step(show, 110, observations=[listing(file("dusk.png", version="2"))])
    assert shown_version(show, 111, "2") == "2"
    step(show, 112, start_take())
    begun = TakeReport(name=show.state.take.name, state="recording", count=show.state.take.count)
    step(show, 113, observations=[begun, listing(file("dusk.png", version="3"))])
    assert shown_version(show, 114, "3") == "2"
    step(show, 115, stop_take())
    idle(show, 116)
    assert shown_version(show, 120, "3") == "2"
    step(show, 121, observations=[listing(file("dusk.png", version="4"))])
    assert shown_version(show, 122, "4") == "4"


def test_a_removed_world_stays_on_air_until_it_is_left_and_comes_back_as_it_was():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    on_air(show, "dusk.png")
    step(show, 102, set_to(f"/layer/{key}/opacity", 0.5))
    assert codes(step(show, 103, observations=[going("dusk.png")])) == ["world_gone"]
    assert step(show, 104).plan.air.is_ready()
    assert codes(step(show, 105, observations=[listing(file("dusk.png"))])) == []
    step(show, 106, observations=[going("dusk.png")])
    step(show, 107, set_to(ACTIVE, "valley"))
    assert names(show) == ()
    assert f"/layer/{key}/opacity" not in show.tree
    step(show, 108, observations=[listing(file("dusk.png"))])
    idle(show, 109)
    assert value_of(show, f"/layer/{key}/opacity") == 0.5


def test_a_world_that_is_waited_for_and_goes_gives_way_to_what_is_on_air():
    show = listed(file("dusk.png"))
    step(show, 10, set_to(ACTIVE, "dusk"))
    outcome = step(show, 11, observations=[going("dusk.png")])
    assert (outcome.air.target, "world_withdrawn" in codes(outcome)) == ("valley", True)


def test_files_that_are_no_worlds_are_listed_with_the_reason_and_told_once():
    show = listed(file("a.png"), unread("b.heic"), unread("c.heic"))
    assert names(show) == ("a",)
    outcome = step(show, 20)
    assert codes(outcome) == ["library_refused"]
    assert outcome.health[0].values == {"count": 2, "example": "b.heic"}
    step(show, 21, observations=[listing(file("b.heic", version="2"))])
    assert names(show) == ("a", "b")


def test_a_folder_that_is_away_takes_nothing_with_it_and_is_told_once():
    show = listed(file("dusk.png"))
    on_air(show, "dusk.png")
    missing = Cause(code="library_missing", values={"folder": "library", "why": "library_emptied"})
    assert codes(step(show, 110, observations=[LibraryFolder(missing=missing)])) == ["library_missing"]
    assert (names(show), step(show, 111).plan.air.is_ready()) == (("dusk",), True)
    assert codes(step(show, 112, observations=[LibraryFolder()])) == []


def test_the_pictures_of_configured_worlds_are_no_worlds_beside_them_but_have_newer_content():
    show = everything_ready(STAGE)
    valley = file("valley.exr").__class__(file="valley.exr", stem="valley", suffix=".exr", version="1")
    step(show, 1, observations=[listing(valley)])
    assert names(show) == ()
    step(show, 2, observations=[listing(type(valley)(file="valley.exr", stem="valley", suffix=".exr", version="2"))])
    assert standing_of(show.state.air, "valley") == "newer"
    newer = type(ready("valley")[0])(file="valley.exr", sha256="ee" * 32, version="2")
    assert step(show, 3, observations=[newer]).plan.air.assets() != (("ee" * 32, ""),)
    assert step(show, 4, set_to(ACTIVE, "valley")).plan.air.assets() == (("ee" * 32, ""),)


def many(count, first=True):
    show = everything_ready(STAGE)
    step(show, 1, observations=[listing(*(file(f"p{number:04d}.png") for number in range(count)), first=first)])
    idle(show, 2, 80)
    return show


def test_thousands_of_files_are_offered_and_only_so_many_have_values():
    show = many(1000)
    library = show.state.air.library
    assert (len(names(show)), len(library.full)) == (1000, room_for_worlds(show.state.air))
    assert len(encode_state(show.state)) < 300_000
    assert "p0000" in {world.name for world in show.state.air.worlds.values()}  # the newest come first
    last = step(show, 200, set_to(ACTIVE, "p0999"))
    key = key_of(show, "p0999")
    assert (last.answers[0].detail, f"/layer/{key}/opacity" in show.tree) == ("loading", True)
    assert len(library.full) == room_for_worlds(show.state.air)


def test_the_world_that_makes_room_is_untouched_if_there_is_one_and_comes_back_with_its_values():
    show = many(room_for_worlds(everything_ready(STAGE).state.air))
    key = key_of(show, "p0000")
    step(show, 200, set_to(f"/layer/{key}/opacity", 0.5))
    step(show, 201, observations=[listing(file("new.png"))])
    idle(show, 202)
    assert f"/layer/{key}/opacity" in show.tree
    assert f"/layer/{key_of(show, 'new')}/opacity" in show.tree
    paths = [f"/layer/{one}/opacity" for one in show.state.air.library.full]
    step(show, 210, {path: 0.75 for path in paths if path != f"/layer/{key}/opacity"})
    step(show, 211, observations=[listing(file("newer.png"))])
    idle(show, 212)
    assert f"/layer/{key}/opacity" not in show.tree
    step(show, 220, set_to(ACTIVE, "p0000"))
    assert value_of(show, f"/layer/{key}/opacity") == 0.5


def test_however_many_worlds_are_configured_some_of_the_library_stand_ready():
    assert room_for_worlds(everything_ready(STAGE).state.air) > FEWEST


NAMES = st.sampled_from(["a.png", "a.jpg", "A.png", f"{NFC}.png", "valley.png", "b c.png", "b-c.png"])
EVENTS = st.lists(
    st.tuples(st.sampled_from(["list", "change", "go", "move", "air", "ready", "value"]), NAMES, NAMES), max_size=25
)


def inputs_of(show, frame, event):
    kind, name, other = event
    known = show.state.air.library.files.get(f"library/{name}")
    match kind:
        case "list" | "change":
            return inputs_at(frame, observations=[listing(file(name, version=f"{frame if kind == 'change' else 1}"))])
        case "go":
            return inputs_at(frame, observations=[going(name)])
        case "move":
            return inputs_at(frame, observations=[listing(file(other, was=f"library/{name}"))])
        case "air":
            return inputs_at(frame, set_to(ACTIVE, known.name if known else "valley", fade_s=0.1))
        case "ready":
            return inputs_at(frame, observations=[on_gpu(name, version=known.version if known else "1")])
        case _:
            keys = [key for key in show.state.air.library.full if known and key == known.key]
            return inputs_at(frame, *(set_to(f"/layer/{key}/opacity", 0.3, fade_s=1.0) for key in keys))


@costly(full=80, quick=12)
@given(EVENTS, st.integers(0, 25))
def test_values_tree_names_and_keys_always_agree_and_a_snapshot_continues_alike(events, at):
    show, restored = everything_ready(STAGE), None
    for frame, event in enumerate(events):
        if frame == at:
            restored = STAGE.show(decode_state(encode_state(show.snapshot())))
        inputs = inputs_of(show, 1 + 3 * frame, event)
        outcome = show.step(inputs)
        air, values = show.state.air, show.state.controls.values
        offered = show.tree[ACTIVE].choices
        assert {one.path for one in show.tree} == set(snapshot_of(values))
        assert values.worlds.keys() == air.worlds.keys()
        assert len(set(offered)) == len(offered)
        assert {one.name for one in air.worlds.values()} <= set(offered)
        assert values.world.active in offered
        assert outcome.air.on_air in offered
        keys = [listed.key for listed in air.library.files.values() if listed.key]
        assert len(set(keys)) == len(keys)
        if restored is not None:
            assert digest(restored.step(inputs)) == digest(outcome)
            assert encode_state(restored.state) == encode_state(show.state)
