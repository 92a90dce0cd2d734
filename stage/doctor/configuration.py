"""Examines a configuration and the files that it names, without opening a port or a device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from calibration.records import Calibration
from render.media.examine_apart import examine_apart
from render.plan.frame import refuse_impossible
from render.worlds.model.record import ModelLayer
from render.worlds.model.spaces import MODEL_SPACE
from stage.assets.films_and_scenes import told_movements
from stage.assets.worlds import read_models, read_pictures
from stage.config.addresses import is_loopback, parse_endpoint
from stage.config.findings import Findings
from stage.config.plausibility.judgement import RULES, warnings_of
from stage.config.plausibility.walls import WALL_RULES
from stage.config.records import StageConfig
from stage.config.survey.survey import Survey
from stage.doctor.surveying import make_survey
from stage.loading.files import LoadedConfig, is_absent, read_config_file
from stage.loading.geometry import read_geometry
from stage.plates.exact import films_known
from stage.show.air.remarks import movement_remark
from stage.show.frame.inputs import FrameInputs
from stage.show.show import Show
from stage.show.state import new_state
from stage.words.sentences import sentence
from tracking.records import ConfigError

LARGEST_SIDE_PX = 16384
"""The longest side of a picture that every OpenGL 4.1 driver in use can draw."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What became known of a configuration.

    `errors` stop a run; `survey` is there only if there are none. `warnings` are about what is allowed but probably not
    meant; beside values that are refused they are about the walls alone. Both are lines `file: path.to.key: ...`.
    """

    loaded: LoadedConfig | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    survey: Survey | None = None


def examine_stage(path: Path) -> Examination:
    """Examines a configuration and every file that it names.

    The errors include everything that `run` refuses before its first frame, except what depends on the machine at the
    time: ports and devices in use, the graphics driver. Files are read whole.
    """
    findings = Findings(str(path))
    loaded = read_config_file(path, findings)
    if loaded is None:
        return Examination(loaded=None, errors=findings.lines())
    _report_reachable(loaded.config, findings)
    positions, calibration = read_geometry(loaded, findings)
    if len({wall.name for wall in loaded.config.walls}) < len(loaded.config.walls):
        for _ in read_pictures(loaded, findings):
            pass
        return Examination(loaded=loaded, errors=findings.lines())  # LEDs are found by the walls' names.
    survey = make_survey(loaded.config, positions, calibration, read_pictures(loaded, findings))
    films_known(loaded, findings, examine_apart)
    about_files = (*_movement_warnings(loaded, findings), *_library_warnings(loaded))
    if not findings.lines():
        _plan_first_frame(loaded.config, calibration, findings)
    errors = findings.lines()
    if errors:
        rules = RULES if loaded.is_sound else WALL_RULES
        warnings = (*warnings_of(survey, findings, rules), *about_files)
        return Examination(loaded=loaded, errors=errors, warnings=warnings)
    warnings = (*warnings_of(survey, findings), *about_files)
    return Examination(loaded=loaded, errors=(), warnings=warnings, survey=survey)


def _movement_warnings(loaded: LoadedConfig, findings: Findings) -> Iterator[str]:
    """Animations that scenes lack. A scene that cannot be read is reported in `findings`."""
    read = read_models(loaded, findings, checks_only=True)
    movements = {one.file: told_movements(one.model) for one in read if one.space == MODEL_SPACE}
    for key, layer in loaded.config.layers_by_place():
        if not isinstance(layer, ModelLayer):
            continue
        for picture in (one for one in layer.moving() if one.file in movements):
            for found in movement_remark(layer, picture.file, movements[picture.file]):
                yield f"{loaded.file}: {key}.movement: {sentence(found.code, found.values)}"


def _library_warnings(loaded: LoadedConfig) -> Iterator[str]:
    """A library whose folder is not there: a running stage looks for it again and again."""
    folder = loaded.library_folder()
    if folder is None:
        return
    found = "is not there" if is_absent(folder) else "" if folder.is_dir() else "is no folder"
    if found:
        wanted = "expected a folder of pictures: make it, or plug its disk in, also while the stage runs"
        yield f"{loaded.file}: library.folder: found {loaded.config.library.folder!r}, which {found}, {wanted}"


def _report_reachable(config: StageConfig, findings: Findings) -> None:
    """Reports addresses on the network: `run` refuses the page's without --lan, and needs keys for control."""
    wanted = "expected a loopback address such as 127.0.0.1: `run --lan` opens it to the network"
    with_keys = "expected a loopback address such as 127.0.0.1, or keys for those who come (stage control keys add)"
    found = config.control.endpoint
    if not findings.is_unreliable("control.endpoint") and not is_loopback(parse_endpoint(found, lan=True)[0]):
        findings.report("control.endpoint", f"found {found!r}, which can be reached from the network, {with_keys}")
    host = config.panel.bind.rpartition(":")[0]
    if not findings.is_unreliable("panel.bind") and host != "localhost" and not is_loopback(host):
        found = config.panel.bind
        findings.report("panel.bind", f"found {found!r}, which can be reached from the network, {wanted}")


def _plan_first_frame(config: StageConfig, calibration: Calibration, findings: Findings) -> None:
    """Reports what makes the first frame impossible to draw."""
    show = Show(config, calibration, new_state(config))
    try:
        refuse_impossible(show.step(FrameInputs(epoch=0, frame=0, present_ns=0)).plan, LARGEST_SIDE_PX)
    except ConfigError as error:
        findings.report("", str(error))
