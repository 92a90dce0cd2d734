"""Containers, limits and files beside a model: what is cut off, too much or elsewhere is refused before it is read."""

import json
import os
import struct

import numpy as np
import pytest

from render.images.picture_hashes import file_sha256
from render.models.read import model_sha256, read_known_model
from tests.render.models.made_gltf import QUAD, QUAD_INDICES, Gltf, one_quad, refused, write_glb

CUTS = {"magic": 3, "header": 11, "chunk head": 19, "json": 300, "bytes": -1}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS.keys())
def test_a_truncated_file_is_refused(cut, tmp_path):
    path = one_quad().glb(tmp_path / "made.glb")
    path.write_bytes(path.read_bytes()[:cut])
    assert "export it again" in refused(path)


def test_another_kind_of_file_is_refused(tmp_path):
    for content in (b"PK\x03\x04" + bytes(99), b"", b"solid cube"):
        path = tmp_path / "made.glb"
        path.write_bytes(content)
        assert "expected glTF" in refused(path)
    other = tmp_path / "made.fbx"
    other.write_bytes(b"Kaydara FBX")
    assert refused(other) == "found a name that ends in '.fbx', expected .glb or .gltf"
    assert "cannot be read" in refused(tmp_path / "absent.glb")


@pytest.mark.parametrize("open_with", [b"[", b'{"asset":', b'{"extras":{"a":[', b'{"nodes":['])
def test_json_nested_without_end_is_refused(open_with, tmp_path):
    path = tmp_path / "made.gltf"
    path.write_bytes(b'{"asset":{"version":"2.0"},"extras":' + open_with * 100_000)
    assert refused(path)


@pytest.mark.parametrize(
    "text", [b'{"asset":{"version":"2.0"},"nodes":[' + b"{}," * 500_000 + b"{}]}", b"[" + b"1," * 5_000_000]
)
def test_json_of_too_many_things_is_refused_before_it_is_decoded(text, tmp_path):
    path = tmp_path / "made.gltf"
    path.write_bytes(text)
    assert "expected at most" in refused(path)


@pytest.mark.parametrize(
    ("limit", "most", "named"),
    [
        ("json_bytes", 100, "bytes of JSON"),
        ("file_bytes", 200, "bytes of files"),
        ("nodes", 0, "nodes"),
        ("vertices", 3, "vertices"),
        ("triangles", 1, "triangles"),
        ("drawn_triangles", 1, "drawn triangles"),
        ("decoded_bytes", 10, "bytes of arrays"),
    ],
)
def test_every_limit_is_named_when_it_is_reached(limit, most, named, tmp_path):
    found = refused(one_quad().glb(tmp_path / "made.glb"), **{limit: most})
    assert f" {named}, expected at most {most}: " in found


def beside(tmp_path, uri):
    """A model in a folder, with a secret beside that folder, that names its buffer by a URI."""
    folder = tmp_path / "model"
    folder.mkdir(exist_ok=True)
    (tmp_path / "secret.bin").write_bytes(bytes(4096))
    return one_quad().gltf(folder / "made.gltf", uri)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("../secret.bin", "leads out of the scene's folder"),
        ("%2e%2e/secret.bin", "leads out of the scene's folder"),
        ("%2E%2E%2Fsecret.bin", "leads out of the scene's folder"),
        ("a/../../secret.bin", "leads out of the scene's folder"),
        ("/etc/passwd", "leads out of the scene's folder"),
        ("%2Fetc%2Fpasswd", "leads out of the scene's folder"),
        ("link.bin", "leads out of the scene's folder"),
        ("linked/secret.bin", "leads out of the scene's folder"),
        ("..\\secret.bin", "expected a relative name"),
        ("a%00.bin", "expected a relative name"),
        ("", "expected a relative name"),
        ("%ff.bin", "expected a name in UTF-8"),
        ("C:/secret.bin", "expected a file beside the scene"),
        ("file:///etc/passwd", "expected a file beside the scene"),
        ("https://example.org/a.bin", "expected a file beside the scene"),
        ("//example.org/a.bin", "expected a file beside the scene"),
        ("absent.bin", "found no file 'absent.bin' beside the scene"),
        ("pipe", "not an ordinary file"),
        (".", "not an ordinary file"),
        ("short.bin", "found 3 bytes, expected"),
        ("data:application/octet-stream,abc", "expected a data URI in base64"),
        ("data:application/octet-stream;base64,!!!!", "found base64 that is damaged"),
        ("data:;base64,AAAA", "found 3 bytes, expected"),
        ("x" * 5000, "expected a relative name"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_only_files_of_the_models_own_folder_are_opened(uri, reason, tmp_path):
    path = beside(tmp_path, uri)
    (path.parent / "short.bin").write_bytes(b"abc")
    (path.parent / "link.bin").symlink_to(tmp_path / "secret.bin")
    (path.parent / "linked").symlink_to(tmp_path)
    os.mkfifo(path.parent / "pipe")
    found = refused(path)
    assert found.startswith("buffers[0]")
    assert reason in found


def test_a_buffer_without_bytes_is_refused(tmp_path):
    path = one_quad().gltf(tmp_path / "made.gltf")
    document = json.loads(path.read_text())
    del document["buffers"][0]["uri"]
    path.write_text(json.dumps(document))
    assert refused(path).startswith("buffers[0]: found neither a uri nor bytes in the file")


def test_copies_of_copies_are_counted(tmp_path):
    made = Gltf()
    part = {"attributes": {"POSITION": made.array(QUAD)}, "indices": made.array(np.tile(QUAD_INDICES, 20_000))}
    mesh = made.add("meshes", {"primitives": [part]})
    made.json["nodes"] = [{"mesh": mesh}] * 5000
    assert "drawn triangles, expected at most 100000000" in refused(made.glb(tmp_path / "made.glb"))


def test_a_chunk_that_says_too_much_is_refused(tmp_path):
    path = write_glb(tmp_path / "made.glb", b'{"asset":{"version":"2.0"}}', b"")
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, 12, 0xFFFFFFF0)
    path.write_bytes(content)
    assert ", expected 4294967280: the file is cut off" in refused(path)


def test_a_model_is_known_by_the_bytes_that_were_read_of_it_and_of_the_files_beside_it(tmp_path):
    glb = one_quad().glb(tmp_path / "made.glb")
    assert read_known_model(glb).sha256 == model_sha256(glb) == file_sha256(glb)
    made = one_quad()
    beside = tmp_path / "made.bin"
    beside.write_bytes(bytes(made.blob))
    path = made.gltf(tmp_path / "made.gltf", "made.bin")
    before = read_known_model(path).sha256
    assert before == model_sha256(path) != file_sha256(path)
    beside.write_bytes(bytes([beside.read_bytes()[0] ^ 1, *beside.read_bytes()[1:]]))
    assert read_known_model(path).sha256 != before
    beside.unlink()
    assert model_sha256(path) == ""
