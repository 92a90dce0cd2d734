"""A value is declared in one place: one that a test adds is in the tree, on the wire, in fades and in the documents."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import msgspec
import pytest

from render.plan.cards import CardValues
from render.plan.frame import GradePlan
from stage.control.tables import described
from stage.show.values.controls import Controls, ControlState
from stage.show.values.delayed import By
from stage.values.parameters import Refusal
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree, put_value, snapshot_of
from tests.document_tables import parameter_rows
from tracking.settable import number, switch

CONTRAST, GLOW = "/grade/contrast", "/card/key/glow"


class ContrastGrade(GradePlan):
    """The grade with one value more."""

    contrast: Annotated[float, number(0.0, 2.0, "x", "Contrast about mid grey.", look="grade")] = 1.0


class GlowingCard(CardValues):
    """A card with one value more."""

    glow: Annotated[bool, switch("It glows.", role="operator", look="cards", seen=False, guarded=True)] = False


@pytest.fixture
def values():
    return ShowValues(grade=ContrastGrade(), card={"key": GlowingCard()})


def test_it_is_in_the_tree_with_all_that_its_declaration_says(values):
    tree = ParameterTree(values)
    contrast, glow = tree[CONTRAST], tree[GLOW]
    assert (contrast.kind, contrast.minimum, contrast.maximum, contrast.unit) == ("float", 0.0, 2.0, "x")
    assert (contrast.default, contrast.role, contrast.look, contrast.fade) == (1.0, "director", "grade", "linear")
    assert (glow.kind, glow.default, glow.role, glow.look, glow.fade) == ("boolean", False, "operator", "cards", None)
    assert (glow.seen, glow.guarded) == (False, True)
    assert isinstance(tree.check(CONTRAST, 3.0), Refusal)


def test_it_can_be_set_and_fades_by_its_rule(values):
    controls = Controls(ParameterTree(values), ControlState(values=values), Fraction(60))
    controls.begin(0)
    controls.assign(CONTRAST, 2.0, By(fade_s=1.0))
    controls.advance(30)
    assert snapshot_of(values)[CONTRAST] == 1.5
    put_value(values, GLOW, value=True)
    assert values.card["key"].glow is True


def test_describe_shows_it_to_programs_and_to_people(values):
    parameters = [msgspec.to_builtins(one) for one in ParameterTree(values).under("/card/key")]
    (glow,) = [one for one in parameters if one["path"] == GLOW]
    assert (glow["look"], glow["fade"], glow["seen"], glow["guarded"]) == ("cards", None, False, True)
    table = described(parameters)
    assert GLOW in table.columns[0].cells
    assert any("look: cards; could spoil a recording take" in str(cell) for cell in table.columns[4].cells)


def test_the_documents_table_has_a_row_for_it(values):
    rows = {row[0]: row for row in parameter_rows(ParameterTree(values))}
    assert rows[f"`{CONTRAST}`"][1:] == [
        "0 to 2",
        "x",
        "1",
        "director",
        "linear",
        "grade",
        "yes",
        "",
        "Contrast about mid grey.",
    ]
    assert rows[f"`{GLOW}`"][1:] == ["on or off", "", "off", "operator", "", "cards", "", "yes", "It glows."]
