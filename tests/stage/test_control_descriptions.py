"""Descriptions of what can be set: encoded once for as long as the tree stays, and a flood of them waits its turn."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path

import msgpack
import msgspec
from small_stage import SmallStage, connected, send

from stage.control.descriptions import MOST_KEPT, Descriptions
from stage.control.server import ANSWERED_BYTES_A_SLOT
from stage.values.parameters import Parameter, Refusal
from stage.values.tree import ParameterTree
from tests.fold.small_show import TREE

ASKED = 12


def a_tree() -> ParameterTree:
    tree = ParameterTree()
    tree.add(TREE)
    return tree


def test_a_description_is_the_same_object_until_the_tree_changes() -> None:
    kept, tree = Descriptions(), a_tree()
    first = kept.below(tree, "/grade")
    assert not isinstance(first, Refusal)
    assert msgspec.msgpack.decode(first, type=tuple[Parameter, ...]) == tree.under("/grade")
    assert kept.below(tree, "/grade") is first
    tree.offer("/world/active", ["elsewhere"])
    assert kept.below(tree, "/grade") is not first
    assert b"elsewhere" in bytes(kept.below(tree, "/world"))
    assert isinstance(kept.below(tree, "/nothing"), Refusal)


def test_so_many_descriptions_are_kept_and_those_that_are_asked_for_stay() -> None:
    kept, tree = Descriptions(), a_tree()
    whole = kept.below(tree, "")
    for parameter in list(tree)[: 2 * MOST_KEPT]:
        kept.below(tree, parameter.path)
        assert kept.below(tree, "") is whole
    assert len(kept._kept) == MOST_KEPT


def test_of_a_flood_of_descriptions_a_frame_answers_so_many_bytes_and_all_are_answered(tmp_path: Path) -> None:
    stage = SmallStage(tmp_path)
    stage.step()
    with contextlib.closing(stage.server), connected(stage) as peer:
        for number in range(ASKED):
            send(peer, type="describe", id=number, path="")
        while len(stage.server._waiting) < ASKED:
            stage.server.drain(0)
        bodies = []
        while len(bodies) < ASKED:
            stage.step()
            while peer.poll(20):
                bodies.append(peer.recv())
    replies = [msgpack.unpackb(body) for body in bodies]
    assert [reply["id"] for reply in replies] == list(range(ASKED))
    frames = Counter(reply["frame"] for reply in replies)
    size = len(bodies[0])
    assert max(frames.values()) == -(-ANSWERED_BYTES_A_SLOT // size)
    assert len(frames) == -(-ASKED // max(frames.values()))
