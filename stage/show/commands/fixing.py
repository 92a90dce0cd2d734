"""What mends a world: the values that its findings carry, as one change. Pure."""

from __future__ import annotations

from stage.show.air.called import key_called, no_world
from stage.show.air.state import AirState
from stage.show.report.take import TakeState
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import Value


def fixes_for(air: AirState, controls: Controls, take: TakeState, name: str, code: str) -> dict[str, Value] | Refusal:
    """The values by path that mend the world that is called `name`: of all its findings, or of those of one `code`.

    They are refused where there are none, and while a take records this world: it would leap in the picture.
    """
    key = key_called(air, name)
    if key is None:
        return no_world(air, name)
    values: dict[str, Scalar] = {"world": air.worlds[key].name}
    found = cures_of(air, controls, key)
    fixes = {path: value for one, fix in found if code in ("", one) for path, value in fix.items()}
    if not fixes:
        codes = ", ".join(dict.fromkeys(one for one, _ in found))
        if code:
            return Refusal(
                code="conflict", reason="no_such_fix", values={**values, "found": code, "codes": codes or "none"}
            )
        return Refusal(code="conflict", reason="nothing_to_fix", values=values)
    if take.recording and key in (air.on_air, "" if air.dissolve is None else air.dissolve.coming):
        return Refusal(code="conflict", reason="fix_in_a_take", values={**values, "take": take.name})
    return fixes


def cures_of(air: AirState, controls: Controls, key: str) -> tuple[tuple[str, dict[str, Value]], ...]:
    """The findings of a world that values can cure: their codes, each with the values by path."""
    found: list[tuple[str, dict[str, Value]]] = []
    for layer in air.worlds[key].layers:
        picture = layer.picture()
        asset = None if picture is None else air.assets.get(picture.asset_key)
        part = None if asset is None or asset.facts is None else asset.facts.part
        path = f"/layer/{layer.key}/turn_deg"
        if part is not None and controls.target_of(path) != part.turn_deg:
            found.append(("picture_turned", {path: part.turn_deg}))
    return tuple(found)
