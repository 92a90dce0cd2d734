"""The header of the takes that a running stage makes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from calibration.records import Calibration
from calibration.walls import MeshShape
from stage import __version__
from stage.assets.kept_pictures import KeptPictures
from stage.assets.messages import WantedPicture
from stage.loading.files import LoadedConfig
from stage.show.frame.inputs import AssetReady
from stage.takes.identity import build_digest, machine_name
from stage.takes.kept_assets import AssetToKeep
from stage.takes.link import ToKeep
from stage.takes.records import Quality, TakeHeader


def header_for(
    loaded: LoadedConfig,
    calibration: Calibration,
    assets: Iterable[AssetReady],
    renderer: str = "",
    quality: Quality = "",
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
        quality=quality,
        home=str(loaded.directory),
        version=__version__,
        build=build_digest(),
        machine=machine_name(),
    )
    return lambda: msgspec.structs.replace(plain, assets=(*meshes, *((asset.file, asset.sha256) for asset in assets)))


def assets_to_keep(loaded: LoadedConfig, ready: Iterable[AssetReady], decoded: KeptPictures) -> ToKeep:
    """Returns what says where the files of pictures are, and with them those of the walls' meshes.

    `ready` is read at every call, as the list grows while the stage runs; `decoded` has the run's own copies.
    """
    meshes = tuple(
        AssetToKeep(file=file, sha256=sha256, path=str(loaded.path_of(file))) for file, sha256 in _mesh_hashes(loaded)
    )

    def to_keep(pictures: Sequence[tuple[str, str]]) -> tuple[AssetToKeep, ...]:
        known = {(asset.sha256, asset.colour_space): asset for asset in ready}
        return (*meshes, *(_picture_to_keep(loaded, known[one], decoded) for one in pictures if one in known))

    return to_keep


def _picture_to_keep(loaded: LoadedConfig, asset: AssetReady, decoded: KeptPictures) -> AssetToKeep:
    path = str(loaded.path_of(asset.file))
    wanted = WantedPicture(file=asset.file, path=path, colour_space=asset.colour_space, version=asset.version)
    return AssetToKeep(
        file=asset.file,
        sha256=asset.sha256,
        path="" if asset.file.lower().endswith(".gltf") else path,  # it would lack the files that it names
        colour_space=asset.colour_space,
        copy=str(decoded.place_of(wanted)),
    )


def _mesh_hashes(loaded: LoadedConfig) -> tuple[tuple[str, str], ...]:
    """Names and hashes of the mesh walls' files."""
    files = [wall.shape.file for wall in loaded.config.walls if isinstance(wall.shape, MeshShape)]
    return tuple((file, hashlib.sha256(loaded.path_of(file).read_bytes()).hexdigest()) for file in files)
