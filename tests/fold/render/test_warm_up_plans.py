"""Plans for the warm-up use every tool that the stage can need, and no other."""

from render.plan.cards import MOST_CARDS
from render.plan.warm_up import warm_up_plans
from tests.render.sample_plans import frame_plan, inner, plane_wall

WALL = plane_wall()


def warm_up(most_cards):
    return list(warm_up_plans(frame_plan((WALL,), (inner(), inner(pan=0.3, name="B"))), most_cards=most_cards))


def test_a_stage_without_cards_warms_up_none():
    assert all(not plan.outer.cards for plan in warm_up(most_cards=0))


def test_cards_are_drawn_in_every_shader_variant_that_they_can_need():
    assert {len(plan.outer.cards) for plan in warm_up(most_cards=5)} == {0, 1, 5}
    assert max(len(plan.outer.cards) for plan in warm_up(most_cards=99)) == MOST_CARDS


def test_views_are_drawn_fresh_and_reprojected_with_and_without_marks():
    found = {
        (view.picture is not None, view.key is not None, view.outline)
        for plan in warm_up(most_cards=0)
        for view in plan.inners
    }
    assert found == {(False, False, False), (True, False, False), (False, True, True), (True, True, True)}
