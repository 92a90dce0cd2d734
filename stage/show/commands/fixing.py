"""What mends a world: the values that its findings carry, as one change. Pure."""

from __future__ import annotations

from stage.show.air.remarks import world_remarks
from stage.show.air.sight import Sight
from stage.show.air.state import AirState, key_called, no_world
from stage.show.report.take import TakeState
from stage.show.values.controls import Controls
from stage.values.parameters import Refusal
from tracking.records import Scalar
from tracking.settable import Value


def fixes_for(
    air: AirState, controls: Controls, take: TakeState, sight: Sight, asked: tuple[str, str]
) -> dict[str, Value] | Refusal:
    """The values by path that mend a world: of all its findings, or of those of one code. `asked` is name and code.

    They are refused where there are none, and while a take records this world: it would leap in the picture.
    """
    name, code = asked
    key = key_called(air, name)
    if key is None:
        return no_world(air, name)
    values: dict[str, Scalar] = {"world": air.worlds[key].name}
    found = [one for one in world_remarks(air, controls.state.values, key, sight) if one.fix]
    fixes = {path: value for one in found if code in ("", one.code) for path, value in one.fix.items()}
    if not fixes:
        codes = ", ".join(dict.fromkeys(one.code for one in found))
        if code:
            return Refusal(
                code="conflict", reason="no_such_fix", values={**values, "found": code, "codes": codes or "none"}
            )
        return Refusal(code="conflict", reason="nothing_to_fix", values=values)
    if take.recording and key in (air.on_air, "" if air.dissolve is None else air.dissolve.coming):
        return Refusal(code="conflict", reason="fix_in_a_take", values={**values, "take": take.name})
    return fixes
