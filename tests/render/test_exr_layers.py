"""EXR files as renderers write them: which of their layers and parts is the picture."""

import numpy as np
import OpenEXR
import pytest

from render.assets.decode import decode_picture
from render.colour.primaries import ACESCG
from tracking.records import ConfigError


def exr_parts(path, *parts):
    """An EXR of one part, given as its channels, or of several, given as a name and channels."""
    header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION, "chromaticities": ACESCG}
    if len(parts) == 1:
        OpenEXR.File(header, parts[0]).write(str(path))
    else:
        OpenEXR.File([OpenEXR.Part({"name": name, **header}, channels) for name, channels in parts]).write(str(path))


def light(seed):
    return np.random.default_rng(seed).uniform(0.1, 4.0, (16, 32, 3)).astype(np.float32)


def layer(name, seed, components="RGB"):
    dot = f"{name}." if name else ""
    return {f"{dot}{component}": np.ascontiguousarray(light(seed)[..., k]) for k, component in enumerate(components)}


@pytest.mark.parametrize(
    "channels",
    [
        layer("ViewLayer.Combined", 1),
        layer("anything", 1),
        layer("anything", 1, ("red", "green", "blue")),
        layer("", 1, "rgb"),
        layer("", 1) | layer("beauty", 2),
        layer("diffuse", 2) | layer("Beauty", 1) | layer("spec", 3),
        layer("ViewLayer.Combined", 1) | layer("ViewLayer.DiffCol", 2) | layer("ViewLayer.Normal", 3, "XYZ"),
        layer("albedo", 2) | layer("rgba", 1),
        layer("depth", 2, "XYZ") | layer("pass 7", 1),
        layer("albedo", 2) | layer("beauty.left", 1) | layer("z", 3),
        layer("Überblick.Größe", 1),
        layer("Layer", 1) | layer("Layer.CryptoObject00", 2, "rgb") | layer("Layer.CryptoObject01", 3, "rgb"),
    ],
)
def test_the_picture_among_the_layers_of_an_exr_is_taken(tmp_path, channels):
    exr_parts(tmp_path / "p.exr", channels)
    assert (decode_picture(tmp_path / "p.exr").pixels == light(1)).all()


@pytest.mark.parametrize(
    "parts",
    [
        [("depth", {"Z": light(2)[..., 0].copy()}), ("picture", layer("", 1))],
        [("diffuse", layer("", 2)), ("beauty", layer("", 1)), ("spec", layer("", 3))],
        [("diffuse", layer("diffuse", 2)), ("any", layer("", 1))],
        [("ViewLayer.Mist", layer("", 2)), ("ViewLayer.Combined", layer("", 1))],
        [("a", layer("rgb", 2)), ("main", layer("rgb", 1))],
    ],
)
def test_the_picture_among_the_parts_of_an_exr_is_taken(tmp_path, parts):
    exr_parts(tmp_path / "p.exr", *parts)
    assert (decode_picture(tmp_path / "p.exr").pixels == light(1)).all()


def test_a_single_grey_layer_is_taken_and_a_layer_of_places_is_not(tmp_path):
    exr_parts(tmp_path / "p.exr", layer("P", 2, "XYZ") | {"mask.Y": np.ascontiguousarray(light(1)[..., 0])})
    assert (decode_picture(tmp_path / "p.exr").pixels == light(1)[..., :1]).all()
    exr_parts(tmp_path / "p.exr", layer("P", 2, "XYZ"))
    with pytest.raises(ConfigError, match=r"found channels P\.X, P\.Y, P\.Z, expected R, G, B or Y"):
        decode_picture(tmp_path / "p.exr")


def test_layers_of_which_none_is_the_picture_are_named(tmp_path):
    exr_parts(tmp_path / "p.exr", layer("diffuse", 2) | layer("spec", 1))
    with pytest.raises(ConfigError, match=r"found the layers diffuse, spec, expected one of them .* called beauty"):
        decode_picture(tmp_path / "p.exr")
    exr_parts(tmp_path / "p.exr", ("one", layer("", 2)), ("two", layer("", 1)))
    with pytest.raises(ConfigError, match="found the layers one, two, expected"):
        decode_picture(tmp_path / "p.exr")


def test_an_exr_header_of_some_megabytes_is_read(tmp_path):
    header = {"type": OpenEXR.scanlineimage, "chromaticities": ACESCG, "cryptomatte/1/manifest": "x" * (3 << 20)}
    OpenEXR.File(header, {"RGB": light(1)}).write(str(tmp_path / "p.exr"))
    assert (decode_picture(tmp_path / "p.exr").pixels == light(1)).all()
