"""OBJ files: what is read, and how each fault is reported."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.files.loading import load_mesh
from calibration.rasters.meshes import parse_obj
from tracking.records import ConfigError

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 0 1\nv 0 0 1\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"


def test_quads_comments_normals_and_groups_are_read():
    text = (
        "# made by hand\nmtllib w.mtl\no wall\n"
        + SQUARE
        + "vn 0 -1 0\nusemtl led\ns off\nf 1/1/1 2/2/1 3/3/1 4/4/1 # q\n"
    )
    mesh = parse_obj(text, "w.obj")
    assert mesh.points.shape == (2, 3, 3)
    assert mesh.uvs.shape == (2, 3, 2)
    assert list(mesh.lines) == [15, 15]


def test_negative_indices_count_back_from_the_newest():
    forward, backward = (parse_obj(SQUARE + face, "w.obj") for face in ("f 1/1 2/2 3/3\n", "f -4/-4 -3/-3 -2/-2\n"))
    assert (forward.points == backward.points).all()
    assert (forward.uvs == backward.uvs).all()


def test_vertex_colours_and_third_uv_are_ignored():
    text = "v 0 0 0 .1 .2 .3\nv 1 0 0 1\nv 0 0 1\nvt 0 0 0\nvt 1 0 0\nvt 0 1 0\nf 1/1 2/2 3/3\n"
    assert parse_obj(text, "w.obj").points.shape == (1, 3, 3)


def test_polygon_with_a_reflex_corner_keeps_its_area():
    text = "".join(f"v {u} 0 {v}\nvt {u} {v}\n" for u, v in ((0, 0), (1, 0), (0.25, 0.25), (0, 1)))
    mesh = parse_obj(text + "f 1/1 2/2 3/3 4/4\n", "w.obj")
    a, b = mesh.uvs[:, 1] - mesh.uvs[:, 0], mesh.uvs[:, 2] - mesh.uvs[:, 0]
    assert np.abs((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2).sum() == pytest.approx(0.25)


def test_a_corner_in_the_middle_of_an_edge_is_kept():
    text = "".join(f"v {u} 0 {v}\nvt {u} {v}\n" for u, v in ((0, 0), (0.5, 0), (1, 0), (1, 1), (0, 1)))
    assert len(parse_obj(text + "f 1/1 2/2 3/3 4/4 5/5\n", "w.obj").points) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("f 1 2 3", "w.obj:9: found corner '1' without a UV, expected vertex/uv; export the wall with UVs"),
        ("f 1//1 2//1 3//1", "w.obj:9: found corner '1//1' without a UV"),
        ("f 1/1 2/2", "w.obj:9: found a face of 2 corners, expected 3 to 64"),
        ("f 1/1 2/2 5/3", "w.obj:9: found vertex index 5, expected 1 to 4 or -4 to -1"),
        ("f 1/1 2/2 3/0", "w.obj:9: found UV index 0, expected 1 to 4 or -4 to -1"),
        ("f 1/1 2/2 x/3", "w.obj:9: found vertex index 'x', expected a whole number"),
        ("f 1/1 2/2 3/2", "w.obj:9: found a triangle without area in UV"),
        ("f 1/1 2/2 2/3", "w.obj:9: found a triangle without area in space"),
        ("v 1 2", "w.obj:9: found 2 numbers, expected at least 3"),
        ("v 1 2 nan", "w.obj:9: found '1 2 nan', expected finite numbers below 1e9"),
        ("v 1 2 1e400", "w.obj:9: found '1 2 1e400', expected finite numbers below 1e9"),
        ("v one 2 3", "w.obj:9: found 'one 2 3', expected 3 numbers"),
        ("vt 1.5 0", "w.obj:9: found UV (1.5, 0), expected UVs within 0..1"),
        ("vt inf 0", "w.obj:9: found 'inf 0', expected finite numbers"),
        ("solid wall", "w.obj:9: found 'solid', expected an OBJ statement"),
        ("", "w.obj: found no faces, expected a mesh with UVs"),
    ],
)
def test_a_fault_is_reported_with_its_line(line, message):
    with pytest.raises(ConfigError) as caught:
        parse_obj(SQUARE + line + "\n", "w.obj")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_at_every_common_line_end_and_are_counted_alike(end):
    with pytest.raises(ConfigError, match=r"^w\.obj:9: found 'solid'"):
        parse_obj((SQUARE + "solid wall\n").replace("\n", end), "w.obj")


@pytest.mark.parametrize(
    "name",
    [
        "ściana_wąska".encode(),
        "墙".encode("gbk"),
        "Åse".encode(),
        b"caf\x85",
        "\u2028\x85\x0b\x0c\x1c".encode(),
        "表".encode("cp932"),
    ],
)
@pytest.mark.parametrize("keyword", [b"o ", b"# ", b"usemtl "])
def test_names_in_any_encoding_end_no_line_and_continue_none(tmp_path, keyword, name):
    text = keyword + name + b"\n" + SQUARE.encode() + b"f 1/1 2/2 3/3 4/4\n"
    (tmp_path / "w.obj").write_bytes(text)
    mesh = load_mesh(tmp_path / "w.obj")
    assert mesh.points.shape == (2, 3, 3)
    assert list(mesh.lines) == [10, 10]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_backslash_continues_a_statement_and_line_numbers_stay_right(end):
    face = "f 1/1 2/2 \\\n 3/3 \\ \n4/4\n"
    whole, cut = (parse_obj((SQUARE + text).replace("\n", end), "w.obj") for text in ("f 1/1 2/2 3/3 4/4\n", face))
    assert (whole.points == cut.points).all()
    assert list(cut.lines) == [9, 9]
    with pytest.raises(ConfigError, match=r"^w\.obj:12: found 2 numbers"):
        parse_obj((SQUARE + face + "v 1 2\n").replace("\n", end), "w.obj")


def test_a_comment_that_ends_in_a_backslash_hides_no_statement():
    assert len(parse_obj("# C:\\walls\\\n" + SQUARE + "f 1/1 2/2 3/3\n", "w.obj").points) == 1


def test_a_continuation_at_the_end_of_the_file_is_read():
    assert len(parse_obj(SQUARE + "f 1/1 2/2 3/3 \\", "w.obj").points) == 1


def test_a_byte_order_mark_is_passed_over(tmp_path):
    mark = b"\xef\xbb\xbf"
    (tmp_path / "w.obj").write_bytes(2 * mark + SQUARE.encode() + mark + b"f 1/1 2/2 3/3\n")
    assert len(load_mesh(tmp_path / "w.obj").points) == 1


@settings(max_examples=200)
@given(st.text(alphabet="vtfnogs 0123456789./-+e#\n\\xnai", max_size=300))
def test_any_text_is_a_mesh_or_a_refusal(text):
    try:
        mesh = parse_obj(SQUARE + text, "w.obj")
    except ConfigError:
        return
    assert np.isfinite(mesh.points).all()
    assert ((mesh.uvs >= 0.0) & (mesh.uvs <= 1.0)).all()


def test_file_is_read_from_disk(tmp_path):
    (tmp_path / "w.obj").write_text(SQUARE + "f 1/1 2/2 3/3 4/4\n")
    assert len(load_mesh(tmp_path / "w.obj").points) == 2


def test_files_that_are_not_a_mesh_are_refused_in_one_line(tmp_path):
    os.mkfifo(tmp_path / "pipe.obj")
    (tmp_path / "binary.obj").write_bytes(b"v 0 0 \0")
    for name in ("missing.obj", "", "pipe.obj", "binary.obj", "../../../../../../../../../../dev/zero"):
        with pytest.raises(ConfigError) as caught:
            load_mesh(tmp_path / name)
        assert str(caught.value).startswith(str(tmp_path / name))
        assert "\n" not in str(caught.value)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "line"),
    [("name_polish.obj", 10), ("comment_A_ring.obj", 10), ("continuation_f.obj", 9), ("bom.obj", 10)],
)
def test_meshes_from_the_field_are_read(name, line):
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the files from the field are not here")
    mesh = load_mesh(Path(folder) / "field" / "inputs" / name)
    assert mesh.points.shape == (2, 3, 3)
    assert list(mesh.lines) == [line, line]
