"""The header of the takes that a running stage makes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec

from calibration.records import Calibration
from calibration.walls import MeshShape
from stage import __version__
from stage.loading.files import LoadedConfig
from stage.show.frame.inputs import AssetReady
from stage.takes.identity import build_digest, machine_name
from stage.takes.records import TakeHeader


def header_for(
    loaded: LoadedConfig, calibration: Calibration, assets: Iterable[AssetReady], renderer: str = ""
) -> Callable[[], TakeHeader]:
    """Returns what gives the header at the beginning of every part; the slow work is done once, here.

    `assets` is read at every beginning, as the list may grow while the stage runs.
    """
    meshes = _mesh_hashes(loaded)
    plain = TakeHeader(
        frame_rate=str(loaded.config.stage.rate()),
        config_toml=loaded.text,
        config=msgspec.msgpack.encode(loaded.config),
        calibration=msgspec.msgpack.encode(calibration),
        renderer=renderer,
        home=str(loaded.directory),
        version=__version__,
        build=build_digest(),
        machine=machine_name(),
    )
    return lambda: msgspec.structs.replace(plain, assets=(*meshes, *((asset.file, asset.sha256) for asset in assets)))


def _mesh_hashes(loaded: LoadedConfig) -> tuple[tuple[str, str], ...]:
    """Names and hashes of the mesh walls' files."""
    files = [wall.shape.file for wall in loaded.config.walls if isinstance(wall.shape, MeshShape)]
    return tuple((file, hashlib.sha256(loaded.path_of(file).read_bytes()).hexdigest()) for file in files)
