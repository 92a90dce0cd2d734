"""States and values from before a stage had its lights, or from when it had others."""

from __future__ import annotations

import msgspec

from stage.control.saved_values import fitting
from stage.show.state import ShowState, decode_state, encode_state, new_state
from stage.values.lights import LightValues
from tests.building import camera, digest, inputs_at, light, set_to, stage, step, value_of

PLAIN = stage(camera("A"))
LIT = stage(camera("A"), light("key", intensity=0.7, groups=("back",)))


def placeholder_state() -> ShowState:
    """A state with the two placeholder values that every stage had, one of which fades."""
    show = LIT.show()
    step(show, 0)
    show.step(inputs_at(1, set_to("/light/key/intensity", 0.2, fade_s=5.0)))
    old = msgspec.to_builtins(decode_state(encode_state(show.state)))
    values = old["controls"]["values"]
    values["light"] = {"key": {"intensity": 0.5, "temperature_k": 3200.0}}
    del values["lights"], values["lights_group"], old["lights"]
    return msgspec.convert(old, ShowState)


def test_a_stage_without_a_light_called_key_goes_on_without_the_placeholders():
    show = PLAIN.show(placeholder_state())
    assert show.state.controls.values.light == {}
    assert show.state.controls.fades == {}
    assert not any(path.startswith("/light/") for path in show.state.controls.marks.at)
    for frame in range(2, 5):
        outcome = step(show, frame, *([{"/grade/tint": 0.5}] if frame == 3 else []))
    assert not outcome.lights


def test_a_stage_with_a_light_called_key_takes_what_was_set_and_the_rest_as_declared():
    show = LIT.show(placeholder_state())
    step(show, 2)
    assert value_of(show, "/light/key/temperature_k") == 3200.0
    assert value_of(show, "/light/key/follow") == LightValues().follow
    assert value_of(show, "/lights/group/back/intensity") == 1.0


def test_a_light_that_is_new_in_the_configuration_starts_as_it_says():
    state = new_state(PLAIN.config)
    show = LIT.show(state)
    assert value_of(show, "/light/key/intensity") == 0.7
    again = LIT.show(show.snapshot())
    assert digest(step(show, 0)) == digest(step(again, 0))


def test_saved_values_of_a_light_that_is_not_there_are_skipped_with_a_line():
    kept, lines = fitting(PLAIN.show().tree, {"/light/key/intensity": 0.5, "/grade/tint": 0.1})
    assert kept == {"/grade/tint": 0.1}
    assert len(lines) == 1
    assert "/light/key/intensity" in lines[0]
    assert lines[0].endswith("skipped")
