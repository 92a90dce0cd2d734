"""What is saved of a state that is not trusted as a whole: every value that fits, at its path."""

from __future__ import annotations

from typing import get_args, get_type_hints

import msgspec

from stage.live.salvage import Salvage
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, named_groups, snapshot_of

HINTS = get_type_hints(ShowValues)


def encoded(values: ShowValues, fades: dict[str, object] | None = None) -> bytes:
    return msgspec.msgpack.encode({"controls": {"values": values, "fades": fades or {}}})


def one_of_each_group() -> ShowValues:
    """Values with a group in every family that has any: a layer that is a plate, and one that is a model."""
    values = ShowValues()
    for family in named_groups():
        _, kind = get_args(HINTS[family])
        getattr(values, family)[f"some-{family}"] = kind()
    return values


def test_every_value_of_every_family_is_saved_at_its_path() -> None:
    values = one_of_each_group()
    found = Salvage(encoded(values), ParameterTree(values))
    assert found.refused == []
    assert found.values == snapshot_of(values)


def test_a_value_that_fades_is_saved_as_where_it_goes_and_one_that_fits_no_more_is_named() -> None:
    values = one_of_each_group()
    tree = ParameterTree(values)
    tree.dismiss("/layer/some-model")
    found = Salvage(encoded(values, {"/grade/tint": {"target": 0.5}}), tree)
    assert found.values["/grade/tint"] == 0.5
    assert found.refused == [path for path in snapshot_of(values) if path.startswith("/layer/some-model/")]
