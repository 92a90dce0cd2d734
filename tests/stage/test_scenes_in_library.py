"""3D scenes as files of the library: listed, examined and refused by the loader, added by `world add` and by a tablet."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from running_loader import loading

from render.models.made import made_box, made_model
from render.models.model import Material, Node
from render.models.write import glb_of
from render.worlds.model.record import MODEL_SPACE
from stage.assets.examined import said_of
from stage.assets.folder_add import add_to_library, check_addable, is_no_picture
from stage.assets.folder_watch import FolderWatch
from stage.assets.messages import Examined, Loaded, LoadFailed, WantedPicture
from stage.doctor.world_file import model_file, model_lines
from stage.show.frame.inputs import AssetExamined, AssetFailed
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tracking.records import ConfigError
from tracking.sources.ordinary_files import open_ordinary


def a_scene(path, size_m=(1.0, 1.0, 1.0)):
    path.write_bytes(glb_of(made_model([made_box(size_m)], [Material()], [Node(mesh=0)])))
    return path


def a_scene_of_two_files(folder):
    """A .gltf, and the name of the file beside it with its numbers."""
    content = a_scene(folder / "packed.glb").read_bytes()
    length = int.from_bytes(content[12:16], "little")
    document = json.loads(content[20 : 20 + length])
    document["buffers"][0]["uri"] = "yard%20numbers.bin"
    (folder / "packed.glb").unlink()
    (folder / "yard.gltf").write_text(json.dumps(document))
    (folder / "yard numbers.bin").write_bytes(content[28 + length :])
    return folder / "yard.gltf", folder / "yard numbers.bin"


def scene(path, version="1"):
    return WantedPicture(file=path.name, path=str(path), colour_space=MODEL_SPACE, version=version)


def test_scenes_are_listed_by_name_and_kinds_that_are_not_read_say_what_to_export(tmp_path):
    a_scene(tmp_path / "square.glb")
    for name in ("yard.GLTF", "yard.bin", "house.fbx", "square.mask.png"):
        (tmp_path / name).write_bytes(b"scene")
    watch = FolderWatch(tmp_path, notifies=False, clock_s=iter(range(0, 100, 3)).__next__)
    for _ in range(3):
        watch.step()
    files = {file.file: file for file in watch.take_news(100)[0]}
    assert sorted(files) == ["house.fbx", "square.glb", "yard.GLTF"]
    assert [files[name].cause for name in ("square.glb", "yard.GLTF")] == [None, None]
    cause = files["house.fbx"].cause
    assert sentence(cause.code, cause.values).endswith("export it as glTF 2.0 (.glb)")
    assert "+" not in files["square.glb"].version


def test_scenes_that_nobody_wants_yet_are_examined_and_broken_ones_refused_with_place_and_reason(tmp_path):
    good, bad = a_scene(tmp_path / "good.glb"), tmp_path / "bad.glb"
    bad.write_bytes(good.read_bytes().replace(b'"mesh":0', b'"mesh":7'))
    with loading(tmp_path) as loader:
        loader.ask(examine=(scene(bad), scene(good)))
        (refused,) = said_of(loader.hear(LoadFailed))
        assert isinstance(refused, AssetFailed)
        values = {**refused.cause.values, "why": refused.cause.code, "world": "a"}
        told = sentence("world_unreadable", values)
        assert told.endswith("bad.glb: nodes[0].mesh: found number 7, expected one of 1 in meshes: export it again")
        told = sentence("world_unreadable", values, LANGUAGES["zh"])
        assert told.endswith("bad.glb：nodes[0].mesh：编号为 7，而 meshes 中只有 1 个：请重新导出")
        (known,) = said_of(loader.hear(Examined))
        assert (type(known), known.file, known.facts) == (AssetExamined, "good.glb", None)


def test_a_scene_whose_files_come_after_it_is_read_once_they_are_there(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    path, beside = a_scene_of_two_files(folder)
    shutil.move(beside, tmp_path / "kept")
    with loading(tmp_path) as loader:
        refused = loader.answer(scene(path))
        assert (refused.cause.values["cause"], refused.cause.values["found"]) == (
            "model_file_absent",
            "yard%20numbers.bin",
        )
        shutil.move(tmp_path / "kept", beside)
        assert loader.hear(Loaded).packed_bytes > 0


def test_a_scene_is_new_content_when_only_a_file_changes_that_it_names(tmp_path):
    path, beside = a_scene_of_two_files(tmp_path)
    (tmp_path / "maps").mkdir()
    picture = tmp_path / "maps" / "wood.png"
    document = json.loads(path.read_text()) | {"images": [{"uri": "maps/wood.png"}]}
    path.write_text(json.dumps(document))
    picture.write_bytes(b"a picture")
    now_s = 0.0
    watch = FolderWatch(tmp_path, clock_s=lambda: now_s)

    def told_after(seconds):
        nonlocal now_s
        told = []
        for _ in range(8):
            now_s += seconds / 8.0
            watch.step()
            told += watch.take_news(10)[0]
        return [(file.file, file.version) for file in told]

    ((name, first),) = told_after(4.0)
    assert (name, told_after(40.0)) == ("yard.gltf", [])
    beside.write_bytes(beside.read_bytes()[:-4] + bytes(4))
    ((name, second),) = told_after(4.0)
    picture.write_bytes(b"another picture")
    ((_, third),) = told_after(24.0)
    assert (name, len({first, second, third})) == ("yard.gltf", 3)
    watch.close()


def test_a_check_says_how_a_scene_stands_on_the_floor_and_what_may_be_in_centimetres(tmp_path):
    facts, _ = model_file(a_scene(tmp_path / "square.glb", size_m=(2.0, 1.5, 1234.5678)))
    lines = list(model_lines(facts))
    assert lines[0] == "  12 triangles of 1 mesh and 1 material, 0 pictures of 0 MiB"
    assert lines[1].startswith("  2 m wide, 1230 m deep, 1.5 m high; its lowest point is 0.75 m below its floor: ")
    assert lines[1].endswith("with floor_m = 0.75 it is on the stage's")
    tall = msgspec.structs.replace(facts, joints=20, size_m=(30.0, 170.0, 40.0), low_m=(0.0, -0.1, 0.0))
    floor, figure = list(model_lines(tall))[1:]
    assert floor.endswith("170 m high; it stands on its floor")
    assert "scale = 0.01" in figure


def test_a_scene_is_added_to_a_library_and_one_that_cannot_stand_there_alone_is_refused(tmp_path):
    library = tmp_path / "library"
    square = a_scene(tmp_path / "square.glb")
    check_addable(square)
    assert add_to_library(square, library).read_bytes() == square.read_bytes()
    path, _ = a_scene_of_two_files(tmp_path)
    with pytest.raises(ConfigError, match=r"buffers\[0\]\.uri: found the file .* export a \.glb"):
        check_addable(path)
    for content in (b"", b"no scene", square.read_bytes()[:19], square.read_bytes()[:60], b"glTF" + b"\xff" * 16):
        broken = tmp_path / "broken.glb"
        broken.write_bytes(content)
        assert not is_no_picture(broken)
        with pytest.raises(ConfigError, match=r"broken\.glb: found "):
            check_addable(broken)


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="only Linux tells how often a process has read")
def test_a_large_file_is_asked_for_in_pieces_so_that_the_kernel_lets_others_have_the_processor(tmp_path):
    path = tmp_path / "large.glb"
    content = bytes(range(256)) * (20 << 10)  # 5 MiB
    path.write_bytes(content + b"end")

    def calls():
        return int(Path("/proc/self/io").read_text().split("syscr: ")[1].split()[0])

    with open_ordinary(path) as file:
        before = calls()
        read = file.read(6 << 20)
        assert calls() - before > 5
    assert read == content + b"end"
