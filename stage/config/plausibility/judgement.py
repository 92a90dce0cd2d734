"""All rules of plausibility, and the warnings that they give. Pure.

A rule is a function from the survey of a stage to findings. Each finding names the key, what was found, the likely
cause and the cure. To add a rule, write the function in the file of its subject and name it in that file's tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stage.config.findings import Finding, Findings
from stage.config.plausibility.cameras import CAMERA_RULES
from stage.config.plausibility.latencies import LATENCY_RULES
from stage.config.plausibility.lights import LIGHT_RULES
from stage.config.plausibility.outputs import OUTPUT_RULES
from stage.config.plausibility.stage_section import PLACE_RULES, STAGE_RULES
from stage.config.plausibility.trackers import TRACKER_RULES
from stage.config.plausibility.walls import WALL_RULES
from stage.config.plausibility.worlds import WORLD_RULES
from stage.config.survey.survey import Survey

Rule = Callable[[Survey], Iterable[Finding]]
RULES: tuple[Rule, ...] = (
    *STAGE_RULES,
    *WALL_RULES,
    *LATENCY_RULES,
    *OUTPUT_RULES,
    *TRACKER_RULES,
    *CAMERA_RULES,
    *WORLD_RULES,
    *PLACE_RULES,
    *LIGHT_RULES,
)


def warnings_of(survey: Survey, errors: Findings, rules: tuple[Rule, ...] = RULES) -> tuple[str, ...]:
    """The warnings on a stage, `file: path.to.key: warning: ...`, ordered by section and row.

    A stage with errors may be judged by `WALL_RULES` alone, which need nothing but its walls. Nothing is said of what
    `errors` hold for wrong already, since a stand-in is in its place.
    """
    findings = errors.for_warnings()
    found = [finding for rule in rules for finding in rule(survey) if not errors.is_unreliable(finding.where)]
    findings.report_conclusions(Finding(one.where, f"warning: {one.text}") for one in found)
    return findings.lines()
