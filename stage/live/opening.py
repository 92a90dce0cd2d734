"""Opens what a core needs. What is missing outside is held: the core comes up without it, and tries again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.outputs.opened import Outputs, open_outputs
from render.renderer import Renderer
from stage.assets.kept_pictures import KeptPictures
from stage.control.server import ControlServer
from stage.control.value_places import ValuePlaces
from stage.live.desk_source import desk_receivers
from stage.loading.files import LoadedConfig, load_config
from stage.loading.run_copy import load_run_copy
from stage.run.checkpoint import Checkpoint
from stage.run.options import CoreOptions
from stage.run.show_folder import VALUES, WORLDS
from stage.show.frame.inputs import AssetReady, Condition
from stage.takes.header import assets_to_keep
from stage.takes.link import RecorderLink
from stage.takes.pipes import CorePipes
from stage.takes.records import TakeHeader
from tracking.records import Scalar
from tracking.sources.opening import Sources, open_sources
from tracking.system_faults import said_by_system


def open_configuration(options: CoreOptions) -> LoadedConfig:
    """The run's own copy of the configuration, or the file itself. Raises ConfigError."""
    copy = load_run_copy(Path(options.runtime))
    loaded = copy or load_config(Path(options.config), world_may_be_absent=not options.strict)
    return loaded.with_library(Path(options.show) / WORLDS)


def open_tracker_sources(options: CoreOptions, loaded: LoadedConfig, stack: ExitStack) -> Sources:
    """Every source of the configuration, open or tried again."""
    with loaded.naming_places():
        sources = open_sources(
            loaded.config.trackers, strict=_refuses(options), more=tuple(desk_receivers(loaded.config))
        )
    stack.callback(sources.close)
    return sources


def open_stage_outputs(options: CoreOptions, loaded: LoadedConfig, stack: ExitStack) -> Outputs:
    """The outputs. A first core waits for monitors; one that follows a dead core waits even for the display."""
    config = loaded.config
    with loaded.naming_places():
        outputs = open_outputs(
            config.outputs,
            config.walls,
            headless=options.headless,
            title=config.stage.name,
            hold="all" if options.recover else "nothing" if options.strict else "monitors",
        )
    stack.callback(outputs.close)
    return outputs


def open_renderer(loaded: LoadedConfig, outputs: Outputs, positions: Mapping[str, NDArray[np.float64]]) -> Renderer:
    """The renderer of the stage, in the outputs' context. With lights on the stage it measures what reaches them."""
    config = loaded.config
    with loaded.naming_places():
        renderer = Renderer(
            outputs.context,
            config.walls,
            positions,
            config.stage.name,
            config.outputs,
            draw=config.stage.draw,
            quality=config.stage.quality,
            gpu_mib=config.library.gpu_mib,
            plates_mib=config.library.plates_mib,
        )
        if config.lights:
            renderer.measure_at_probes(positions)
    return renderer


def missing_outputs(outputs: Outputs) -> dict[str, Condition]:
    """A condition for the display, and for each window whose monitor is missing."""
    found: dict[str, Condition] = {}
    if outputs.no_display:
        found["display"] = Condition(code="display_missing", values={"found": outputs.no_display})
    for missing in outputs.missing_monitors:
        values: dict[str, Scalar] = {"output": missing.index, "monitor": missing.monitor, "known": missing.known}
        found[f"monitor {missing.index}"] = Condition(code="monitor_missing", values=values)
    return found


def open_control(options: CoreOptions, loaded: LoadedConfig, stack: ExitStack) -> ControlServer:
    """The control edge, behind the gate of the run."""
    assert options.ports is not None
    control = ControlServer(
        options.runtime,
        options.ports,
        values=value_places(options),
        stage=loaded.config.stage.name,
        journal=options.journal(),
        library=loaded.library_folder(),
        makes_library=loaded.library_folder() == Path(options.show) / WORLDS,
    )
    stack.callback(control.close)
    return control


def value_places(options: CoreOptions) -> ValuePlaces:
    """Where the saved values of this show and this stage are."""
    state = Path(options.state)
    return ValuePlaces(Path(options.show) / VALUES, state / VALUES, old=state, adopts=options.adopts_old_values)


def open_recorder(
    options: CoreOptions,
    loaded: LoadedConfig,
    ready: Iterable[AssetReady],
    header: Callable[[], TakeHeader],
    stack: ExitStack,
) -> RecorderLink:
    """The link to the recorder; `ready` has the pictures that takes name, as they come."""
    recorder = RecorderLink(
        CorePipes(options.to_recorder(), options.from_recorder()),
        header=header,
        rate=loaded.config.stage.rate(),
        to_keep=assets_to_keep(loaded, ready, KeptPictures(options.worlds())),
        keeps_assets=options.keeps_assets,
    )
    stack.callback(recorder.release)
    return recorder


def open_checkpoint(options: CoreOptions, stack: ExitStack) -> tuple[Checkpoint | None, Condition | None]:
    """The checkpoint, or None and the condition that says so where there is no room for it."""
    try:
        checkpoint = Checkpoint(options.checkpoint())
    except OSError as error:
        values: dict[str, Scalar] = {"found": said_by_system(error)}
        return None, Condition(code="checkpoint_missing", severity="warning", values=values)
    stack.callback(checkpoint.close)
    return checkpoint, None


def _refuses(options: CoreOptions) -> bool:
    return options.strict and not options.recover
