"""A lighting desk in the fold: whose levels count, and what they move."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.dmx.artnet import DmxPacket as ArtDmxPacket
from stage.dmx.sacn import PREVIEW, TERMINATED, DataPacket
from stage.show.commands.desk import DESK_SOURCE, Desk
from stage.show.desk.state import MOST_SOURCES, DeskState, learn
from stage.show.frame.requests import DeskRequest, LeaseRequest
from stage.show.show import Show
from stage.show.state import new_state
from stage.values.desk import DeskMap, broken_map_rule
from tests.building import codes, digest, inputs_at, set_to, slot_ns, stage, step, value_of
from tests.building import command as command_of
from tests.examples import hostile
from tests.fold.small_show import TREE, SmallControls, command, put
from tracking.datagrams import Datagram

EXPOSURE, BLACKOUT, KIND = "/grade/exposure_stops", "/output/blackout", "/world/guide"
SECOND_NS = 1_000_000_000
WIDE = DeskMap(path=EXPOSURE, universe=1, address=1, bits=16, low=-4.0, high=4.0)


def sacn(levels, *, cid=0, universe=1, sequence=0, priority=100, options=0, at_ns=SECOND_NS):
    packet = DataPacket(bytes([cid + 1]) * 16, f"desk {cid}", universe, priority=priority, slots=len(levels))
    payload = bytes(packet.write(sequence, bytes(levels), options))
    return Datagram(source=DESK_SOURCE, sender=f"192.0.2.{cid + 1}:5568", received_ns=at_ns, payload=payload)


def artnet(levels, *, sender="192.0.2.1:6454", universe=1, at_ns=SECOND_NS):
    payload = bytes(ArtDmxPacket(universe, slots=len(levels)).write(0, bytes(levels)))
    return Datagram(source=DESK_SOURCE, sender=sender, received_ns=at_ns, payload=payload)


class Rig:
    """Values, a desk on them, and frames."""

    def __init__(self, *maps, role="operator", protocol="sacn"):
        self.show, self.state, self.frame = SmallControls(), DeskState(), 0
        self.desk = Desk(self.state, maps, universes=(), protocol=protocol, role=role)

    def hears(self, *datagrams, at_ns=SECOND_NS):
        self.frame += 1
        self.show.controls.begin(self.frame)
        self.desk.follow(self.show.hands, datagrams, frame=self.frame, now_ns=at_ns)
        return self.show.value(EXPOSURE)

    def sets(self, path, value):
        self.frame += 1
        self.show.apply(put(path, value, request_id=str(self.frame)), self.frame)


def test_sixteen_bits_cover_the_range_from_end_to_end():
    rig = Rig(WIDE)
    assert rig.hears(sacn([0, 0])) == -4.0
    assert rig.hears(sacn([255, 255], sequence=1)) == 4.0
    assert rig.hears(sacn([128, 0], sequence=2)) == pytest.approx(-4.0 + 8.0 * 32768 / 65535)


@given(levels=st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=20))
@hostile()
def test_no_level_takes_a_value_out_of_its_range(levels):
    rig = Rig(WIDE)
    for sequence, pair in enumerate(levels):
        assert -4.0 <= rig.hears(sacn(pair, sequence=sequence)) <= 4.0


def test_switch_does_not_flutter_and_choice_has_equal_parts():
    maps = (DeskMap(path=BLACKOUT, universe=1, address=1), DeskMap(path=KIND, universe=1, address=2))
    rig = Rig(*maps)
    seen = []
    for sequence, levels in enumerate(([0, 0], [127, 63], [128, 65], [110, 255], [90, 0])):
        rig.hears(sacn(levels, sequence=sequence))
        seen.append((rig.show.value(BLACKOUT), rig.show.value(KIND)))
    assert [on for on, _ in seen] == [False, False, True, True, False]
    assert [word for _, word in seen] == ["off", "off", "horizon", "scene", "off"]


def test_higher_priority_has_the_universe_and_its_end_gives_it_back_at_once():
    rig = Rig(WIDE)
    rig.hears(sacn([255, 255]))
    assert rig.hears(sacn([0, 0], cid=1, priority=120)) == -4.0
    assert rig.hears(sacn([200, 0], sequence=1)) == -4.0
    assert rig.hears(sacn([0, 0], cid=1, priority=120, options=TERMINATED, sequence=1)) > 0.0


def test_silent_sender_is_forgotten_after_two_and_a_half_seconds_and_its_values_stay():
    rig = Rig(WIDE)
    rig.hears(sacn([255, 255], priority=150))
    rig.hears(sacn([0, 0], cid=1, at_ns=3 * SECOND_NS), at_ns=3 * SECOND_NS)
    assert rig.show.value(EXPOSURE) == 4.0
    assert rig.hears(at_ns=round(3.6 * SECOND_NS)) == -4.0
    assert rig.hears(at_ns=9 * SECOND_NS) == -4.0
    assert not rig.state.universes[1].sources


def test_equal_priorities_share_a_universe_highest_level_first():
    rig = Rig(WIDE)
    rig.hears(sacn([10, 200]))
    rig.hears(sacn([100, 0], cid=1))
    assert rig.state.universes[1].slots == bytes([100, 200])
    assert rig.state.universes[1].winners == ("desk 0", "desk 1")


def test_artnet_senders_are_told_by_their_addresses():
    rig = Rig(WIDE, protocol="artnet")
    rig.hears(artnet([10, 0]), artnet([20, 0], sender="192.0.2.9:6454"))
    assert list(rig.state.universes[1].sources) == ["192.0.2.1", "192.0.2.9"]
    assert rig.state.universes[1].slots == bytes([20, 0])


def test_fifth_sender_late_packets_preview_and_rubbish_move_nothing():
    rig = Rig(WIDE)
    rig.hears(*(sacn([0, 0], cid=cid, sequence=9) for cid in range(MOST_SOURCES)))
    rubbish = Datagram(source=DESK_SOURCE, sender="192.0.2.1:5568", received_ns=SECOND_NS, payload=b"\0" * 700)
    late = sacn([255, 255], sequence=5)
    fifth = sacn([255, 255], cid=MOST_SOURCES)
    preview = sacn([255, 255], sequence=10, options=PREVIEW)
    assert rig.hears(late, fifth, preview, rubbish) == -4.0
    assert rig.state.rejected == {"reordered": 1, "sources": 1, "type": 1}


def test_fifth_sender_of_higher_priority_takes_the_place_of_one_of_the_lowest():
    rig = Rig(WIDE)
    rig.hears(*(sacn([0, 0], cid=cid, priority=100 + cid) for cid in range(MOST_SOURCES)))
    assert rig.hears(sacn([255, 255], cid=MOST_SOURCES, priority=200)) == 4.0
    assert rig.hears(sacn([1, 1], sequence=1)) == 4.0
    assert [one.priority for one in rig.state.universes[1].sources.values()] == [101, 102, 103, 200]
    assert rig.state.rejected == {"sources": 1}


def test_universe_that_nothing_is_mapped_to_takes_no_memory():
    rig = Rig(WIDE)
    rig.hears(*(sacn([1, 2], universe=universe) for universe in range(2, 400)))
    assert not rig.state.universes


def test_who_moves_last_has_it():
    rig = Rig(WIDE)
    rig.hears(sacn([255, 255]))
    assert rig.desk.held(TREE, rig.show.state) == (EXPOSURE,)
    rig.sets(EXPOSURE, 1.0)
    assert rig.desk.held(TREE, rig.show.state) == ()
    assert rig.hears(sacn([255, 255], sequence=1)) == 1.0
    assert rig.hears(sacn([255, 0], sequence=2)) > 3.9


def test_pickup_waits_until_the_fader_passes_the_value():
    rig = Rig(DeskMap(path=EXPOSURE, universe=1, address=1, low=-4.0, high=4.0, take_over="pickup"))
    rig.sets(EXPOSURE, 2.0)
    found = [rig.hears(sacn([level], sequence=place)) for place, level in enumerate((0, 100, 180, 200, 150))]
    assert found[:3] == [2.0, 2.0, 2.0]
    assert found[3] == pytest.approx(-4.0 + 8.0 * 200 / 255)
    assert found[4] == pytest.approx(-4.0 + 8.0 * 150 / 255)


def test_always_takes_back_what_another_sets():
    rig = Rig(DeskMap(path=EXPOSURE, universe=1, address=1, low=0.0, high=4.0, take_over="always"))
    rig.hears(sacn([255]))
    rig.sets(EXPOSURE, 1.0)
    assert rig.hears() == 4.0


def test_fader_under_a_finger_is_kept_from_the_desk():
    rig = Rig(WIDE)
    rig.frame += 1
    lease = command(LeaseRequest(id="1", action="take", paths=(EXPOSURE,)), sender="tablet")
    assert rig.show.apply(lease, rig.frame).refusal is None
    before = rig.show.value(EXPOSURE)
    assert rig.hears(sacn([255, 255])) == before
    assert rig.state.refused[EXPOSURE]


@pytest.mark.parametrize(
    ("path", "role", "why"),
    [
        ("/wall/main/latency_ms", "admin", "desk_geometry"),
        ("/outer/x_m", "operator", "desk_geometry"),
        ("/output/blackout", "viewer", "desk_role"),
        ("/grade/exposure", "director", "desk_unknown_path"),
        ("/place/date", "director", "desk_geometry"),
        (EXPOSURE, "director", None),
    ],
)
def test_desk_moves_what_its_role_may_and_never_geometry(path, role, why):
    assert broken_map_rule(DeskMap(path=path, universe=1, address=1), TREE.get(path), role) == why
    rig = Rig(DeskMap(path=path, universe=1, address=1), role=role)
    before = rig.show.values.get(path)
    rig.hears(sacn([255]))
    assert (rig.show.values.get(path) != before) is (why is None)


def test_range_beyond_the_parameters_own_is_refused():
    row = DeskMap(path=EXPOSURE, universe=1, address=1, low=-100.0)
    assert broken_map_rule(row, TREE.get(EXPOSURE), "director") == "desk_range"


def test_fader_that_is_moved_slowly_is_learned_and_a_cue_of_the_desk_is_not():
    rig = Rig(WIDE)
    rig.hears(sacn([0] * 8))
    for sequence in range(1, 9):
        rig.hears(sacn([0, 0, 0, 2 * sequence, 0, 0, 0, 0], sequence=sequence))
    assert (rig.state.moved.address, rig.state.moved.level) == (4, 16)
    rig.hears(sacn([200, 0, 0, 16, 0, 0, 0, 200], sequence=9))
    assert rig.state.moved.address == 4


def test_wide_fader_is_known_by_its_coarse_slot_and_its_neighbour_a_second_later_by_its_own():
    rig = Rig(WIDE)
    rig.hears(sacn([0, 0, 0, 0]))
    sequence = 0
    for level in range(0, 9000, 150):
        sequence += 1
        rig.hears(sacn([0, level >> 8, level & 255, 0], sequence=sequence % 256))
    assert rig.state.moved.address == 2
    rig.frame += 60
    for level in (20, 40):
        sequence += 1
        rig.hears(sacn([0, 8850 >> 8, level, 0], sequence=sequence % 256))
    assert rig.state.moved.address == 3


def test_slot_that_was_moved_is_known_for_learning_and_trembling_is_not():
    rig = Rig(WIDE)
    rig.hears(sacn([0, 0, 0]))
    rig.hears(sacn([0, 0, 5], sequence=1))
    assert rig.state.moved is None
    rig.hears(sacn([0, 60, 6], sequence=2))
    assert (rig.state.moved.address, rig.state.moved.level) == (2, 60)
    learn(rig.state, [DeskMap(path="/grade/tint", universe=1, address=3)])
    rig.hears(sacn([0, 60, 255], sequence=3))
    assert rig.show.value("/grade/tint") == 1.0


@given(junk=st.lists(st.binary(max_size=700), max_size=6))
@hostile()
def test_junk_never_raises_and_never_moves_anything(junk):
    rig = Rig(WIDE)
    before = rig.show.values
    for protocol in ("sacn", "artnet"):
        rig.desk = Desk(rig.state, (WIDE,), protocol=protocol, role="admin")
        rig.hears(*(Datagram(source=DESK_SOURCE, sender="192.0.2.1:9", received_ns=1, payload=one) for one in junk))
    assert rig.show.values == before


def with_desk():
    """A stage with a desk on exposure, and its show."""
    found = stage('[dmx]\nin_from = ["192.0.2.0/24"]\n')
    config = msgspec.structs.replace(found.config, desk_maps=(WIDE,))
    return Show(config, found.calibration, new_state(config)), config, found.calibration


def test_desk_is_part_of_the_fold_a_restored_show_goes_on_alike():
    show, config, calibration = with_desk()
    other = None
    for frame in range(60):
        levels = [(frame * 7) % 256, frame]
        came = [] if frame % 3 else [sacn(levels, sequence=frame, at_ns=slot_ns(frame))]
        inputs = inputs_at(frame, *([set_to(EXPOSURE, 0.5)] if frame == 40 else []), datagrams=came)
        given = digest(show.step(inputs))
        if other is not None:
            assert digest(other.step(inputs)) == given
            assert other.state.desk == show.state.desk
        if frame == 25:
            other = Show(config, calibration, show.snapshot())
    assert value_of(show, EXPOSURE) != 0.5


def test_silent_desk_is_told():
    show, _, _ = with_desk()
    show.step(inputs_at(0, datagrams=[sacn([9, 9], at_ns=slot_ns(0))]))
    assert "desk_silent" not in codes(show.step(inputs_at(60)))
    assert "desk_silent" in codes(show.step(inputs_at(200)))


def test_operator_maps_a_parameter_while_the_show_runs_and_a_director_may_not():
    show, _, _ = with_desk()
    row = DeskMap(path="/grade/tint", universe=1, address=3)
    refused = show.step(inputs_at(0, command_of(DeskRequest(id="1", maps=(row,)), request_id="1", role="director")))
    assert refused.answers[0].refusal is not None
    assert step(show, 1, DeskRequest(id="2", maps=(row,))).answers[0].refusal is None
    show.step(inputs_at(2, datagrams=[sacn([0, 0, 255], at_ns=slot_ns(2))]))
    assert value_of(show, "/grade/tint") == 1.0
    geometry = DeskMap(path="/outer/x_m", universe=1, address=3)
    assert show.step(inputs_at(3, DeskRequest(id="3", maps=(geometry,)))).answers[0].refusal is not None
