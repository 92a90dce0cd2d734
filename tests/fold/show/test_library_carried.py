"""What a new show takes over of an earlier run's library, with which values and keys it continues."""

from stage.config.starting_values import restore_values, tree_of
from stage.show.air.listing import carry_library
from stage.show.state import decode_state, encode_state, new_state
from stage.values.tree import snapshot_of
from tests.building import set_to, stage, step, value_of
from tests.fold.show.air_stage import ACTIVE, everything_ready, world
from tests.fold.show.library_events import STAGE, file, idle, key_of, listing, names, on_gpu


def carried(built, before):
    """A show of this stage that continues with the values of another one, as after a power cut."""
    state, tree = new_state(built.config), tree_of(built.config)
    earlier = decode_state(encode_state(before.state))
    carry_library(state.air, state.controls.values, tree, earlier.air)
    restore_values(state.controls.values, tree, snapshot_of(earlier.controls.values))
    return built.show(state)


def earlier_show():
    show = everything_ready(STAGE)
    step(show, 1, observations=[listing(file("dusk.png"), file("office.png"))])
    idle(show, 2)
    step(show, 10, set_to(f"/layer/{key_of(show, 'dusk')}/opacity", 0.5))
    return show


def test_the_worlds_that_stood_ready_are_there_with_their_keys_and_values():
    before = earlier_show()
    key = key_of(before, "dusk")
    show = carried(STAGE, before)
    assert (names(show), key_of(show, "dusk")) == (names(before), key)
    assert value_of(show, f"/layer/{key}/opacity") == 0.5
    step(show, 0, set_to(ACTIVE, "dusk"), observations=[on_gpu("dusk.png")])
    assert step(show, 1).air.on_air == "dusk"
    step(show, 2, observations=[listing(file("dusk.png"), first=True)])
    assert (key_of(show, "dusk"), value_of(show, f"/layer/{key}/opacity")) == (key, 0.5)


def test_a_world_whose_key_is_a_configured_one_by_now_is_left_to_the_folder():
    before = earlier_show()
    key = key_of(before, "dusk")
    built = stage(world("other", key=key))
    show = carried(built, before)
    assert "dusk" not in names(show)
    step(show, 0, observations=[listing(file("dusk.png"), first=True)])
    assert key_of(show, "dusk") != key
