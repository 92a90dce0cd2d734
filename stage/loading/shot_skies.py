"""The skies that layers were shot under: values in a layer's table, or those of the look that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from render.worlds.configured import World
from render.worlds.kinds import Layer
from stage.config.file_faults import FileFault, file_fault
from stage.config.findings import Finding, Findings
from stage.config.records import StageConfig
from stage.config.wording import near_names, quoted
from stage.loading.show_files import ENDING, LOOKS, look_in, shipped_looks
from stage.values.shot_sky import faults_of_shot, says_of_sky
from stage.words.sentences import refusal_line
from tracking.records import Scalar
from tracking.settable import Value

KEY = "shot_sky"
ShotSkies = dict[str, dict[str, Value]]
"""The values of the skies of shots, by the places of their layers in a configuration."""
_PathOf = Callable[[str], Path]


def read_shot_skies(config: StageConfig, path_of: _PathOf, findings: Findings) -> StageConfig:
    """The configuration with values in place of the names of looks; faults go into `findings`.

    `path_of` gives the path of a file that is named in it.
    """
    return with_shot_skies(
        config,
        {
            place: values
            for place, layer in config.layers_by_place()
            if (values := _values_of(layer, f"{place}.{KEY}", path_of, findings)) is not None
        },
    )


def read_shot_skies_of_world(world: World, path_of: _PathOf, findings: Findings) -> World:
    """The same for a world of a file."""
    layers = tuple(
        msgspec.structs.replace(layer, shot_sky=_values_of(layer, f"layers[{index}].{KEY}", path_of, findings))
        for index, layer in enumerate(world.layers)
    )
    return msgspec.structs.replace(world, layers=layers)


def shot_skies_of(config: StageConfig) -> ShotSkies:
    """The skies of a configuration that has been read whole."""
    return {place: layer.shot_sky for place, layer in config.layers_by_place() if isinstance(layer.shot_sky, dict)}


def with_shot_skies(config: StageConfig, skies: ShotSkies) -> StageConfig:
    """The configuration with these skies, and no other ones."""

    def placed(layer: Layer, place: str) -> Layer:
        return msgspec.structs.replace(layer, shot_sky=skies.get(place))

    worlds = tuple(
        msgspec.structs.replace(
            world,
            layers=tuple(
                placed(layer, f"worlds[{index}].layers[{number}]") for number, layer in enumerate(world.layers)
            ),
        )
        for index, world in enumerate(config.worlds)
    )
    world = None if config.world is None else placed(config.world, "world")
    return msgspec.structs.replace(config, worlds=worlds, world=world)


def _values_of(layer: Layer, where: str, path_of: _PathOf, findings: Findings) -> dict[str, Value] | None:
    """The values of a layer's sky; None where it has none, or one with faults."""
    given: Mapping[str, Value] | None
    if isinstance(layer.shot_sky, str):
        given = _look_values(layer.shot_sky, where, path_of, findings)
    else:
        given = layer.shot_sky
        for path in (path for path in given or () if not says_of_sky({path: 0.0})):
            findings.report(where, file_fault("shot_sky_path", found=quoted(path)))
    if given is None:
        return None
    values = says_of_sky(given)
    faults = dict(faults_of_shot(values))
    findings.report_conclusions(
        Finding(where, refusal_line(refusal), fault=FileFault(refusal.reason, dict(refusal.values)))
        for refusal in faults.values()
    )
    return {path: value for path, value in values.items() if path not in faults}


def _look_values(given: str, where: str, path_of: _PathOf, findings: Findings) -> Mapping[str, Value] | None:
    """The values of a look: of a file that ends in .toml, or a shipped one by its name."""
    known = shipped_looks()
    if not given.endswith(ENDING) and given not in known:
        findings.report(where, _no_look(given, known))
        return None
    own = Findings(given)
    look = look_in(path_of(given) if given.endswith(ENDING) else LOOKS / f"{given}{ENDING}", own)
    findings.report_conclusions(
        one._replace(where=": ".join(part for part in (where, given, one.where) if part)) for one in own.ordered()
    )
    return None if look is None else look.values


def _no_look(given: str, known: tuple[str, ...]) -> FileFault:
    values: dict[str, Scalar] = {"found": quoted(given), "ending": ENDING, "looks": ", ".join(known)}
    for near in near_names(given, known):
        return file_fault("shot_sky_look_misspelt", "", near=near, **values)
    return file_fault("shot_sky_no_look", "", **values)
