"""Pictures from a tablet: whole or not at all, beside what is there, by whom it may, and never more than there is room."""

import http.client
import random
import re
import socket
import subprocess
import threading
from contextlib import closing
from urllib.parse import quote

import pytest
from paired_tablet import PairedTablet
from running_loader import a_png
from running_stage import PATIENCE_S, wait_for
from web_stage import web_stage

from stage.panel import arrivals, connections, library_requests
from stage.panel.arrivals import PREFIX, Arrivals
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tests.render.models.made_gltf import one_quad

BYTES = {"Content-Type": "application/octet-stream"}
ENGLISH = re.compile("[a-z]{2,} [a-z]{2,}")


def in_chinese(error):
    return sentence(error["reason"], error["values"], LANGUAGES["zh"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("show") / "worlds"


@pytest.fixture(scope="module")
def web(tmp_path_factory, folder):
    with web_stage(tmp_path_factory.mktemp("web"), library=Arrivals(folder, may_be_made=True)) as made:
        yield made


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    file = tmp_path_factory.mktemp("pictures") / "street.png"
    a_png(file)
    return file.read_bytes()


@pytest.fixture(autouse=True)
def nothing_left(web, folder):
    yield
    wait_for(lambda: web.panel._library.under_way == 0)
    wait_for(lambda: not list(folder.glob(".*")))


def put(web, name, content, headers=BYTES, **options):
    """Status and body of a file that is sent."""
    path = f"/api/v1/library?name={quote(name, safe='')}"
    status, _, found = web.ask("POST", path, content, headers, **options)
    return status, found


def head(web, name, size, extra=""):
    return (
        f"POST /api/v1/library?name={name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        f"{extra}Content-Length: {size}\r\n\r\n"
    ).encode()


def test_a_file_that_is_sent_is_in_the_library_whole(web, folder, picture):
    status, found = put(web, "first.png", picture)
    assert (status, found) == (200, {"ok": True, "file": "first.png"})
    assert (folder / "first.png").read_bytes() == picture
    assert (folder / "first.png").stat().st_mode & 0o777 == 0o644
    (line, *_) = web.panel._crew.log.lately()
    assert (line.code, line.values["name"]) == ("picture_added", "first.png")


def test_no_file_takes_the_place_of_another(web, folder, picture):
    folder.mkdir(exist_ok=True)
    folder.joinpath("taken.png").write_bytes(b"before")
    folder.joinpath("masked.mask.png").write_bytes(b"mask")
    names = [put(web, "taken.png", picture)[1]["file"] for _ in range(2)]
    assert names == ["taken (2).png", "taken (3).png"]
    assert folder.joinpath("taken.png").read_bytes() == b"before"
    assert put(web, "masked.png", picture)[1]["file"] == "masked (2).png"


@pytest.mark.parametrize("name", ["Straße bei Nacht.png", "夜.png", "شارع.png", "<b>\"'&.png", "e\u0301.png"])
def test_names_are_those_of_any_language(web, folder, picture, name):
    status, found = put(web, name, picture)
    assert status == 200, found
    assert (folder / found["file"]).is_file()
    assert found["file"] == name.replace("e\u0301", "é")


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", ".hidden.png", "../up.png", "a/b.png", "/etc/passwd", "a\\b.png", "x.txt", "x.tga", "x"),
        *("x.mask.png", "../x.world.toml", ".world.toml", "x\x00.png", "x\n.png", "x\u202e.png", f"{'x' * 300}.png"),
    ],
)
def test_names_that_no_world_has_are_refused(web, folder, picture, name):
    before = sorted(folder.rglob("*"))
    status, error = put(web, name, picture)
    assert (status, error["code"]) == (422, "bad_message"), error
    assert not ENGLISH.search(in_chinese(error).replace(name, ""))
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.png", b""),
        ("x.png", b"no picture"),
        ("x.exr", b"\x76\x2f\x31\x01" + b"\xff" * 200),
        ("x.world.toml", b"["),
        ("x.glb", b"glTF"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(web, folder, name, content):
    status, error = put(web, name, content)
    known = content.startswith(b"\x76") or name.endswith(".glb")
    reason = "asset_broken" if known else "library_world_broken" if name.endswith(".toml") else "file_no_picture"
    assert (status, error["reason"]) == (422, reason)
    assert not ENGLISH.search(in_chinese(error))
    assert error["detail"].startswith("not a picture" if reason == "file_no_picture" else name)
    assert not (folder / name).exists()


def test_a_scene_that_is_refused_is_told_of_in_the_language_of_the_page(web, tmp_path):
    made = one_quad()
    made.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    _, error = put(web, "x.glb", made.glb(tmp_path / "x.glb").read_bytes())
    assert error["detail"].startswith("x.glb: extensionsRequired[0]: found 'KHR_draco_mesh_compression', which is not")
    assert (
        in_chinese(error)
        == "x.glb：extensionsRequired[0]：需要 'KHR_draco_mesh_compression'，无法读取：请不压缩网格导出"
    )


def test_only_directors_send_files_and_from_no_foreign_page(web, folder, picture):
    web.panel._crew.codes._tries._tries.clear()
    director, viewer = PairedTablet(web, "director"), PairedTablet(web, "viewer")
    assert put(web, "mine.png", picture, {**BYTES, **director.headers})[0] == 200
    status, error = put(web, "mine.png", picture * 50, {**BYTES, **viewer.headers})
    assert (status, error["reason"]) == (403, "needs_role")
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert put(web, "x.png", picture, {**BYTES, **headers})[0] == 403
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        assert put(web, "x.png", picture, {"Content-Type": kind})[0] == 415
    director.post("/api/v1/lock", pin="2580")
    assert put(web, "x.png", picture, {**BYTES, **director.headers})[1]["reason"] == "tablet_locked"
    assert not (folder / "x.png").exists()


def test_a_connection_that_ends_half_way_leaves_nothing(web, folder, picture):
    for abort in (False, True):
        with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
            peer.sendall(head(web, "half.png", len(picture) + 3_000_000) + picture + b"x" * 2_000_000)
            wait_for(lambda: list(folder.glob(f"{PREFIX}*")))
            if abort:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        wait_for(lambda: not list(folder.glob(f"{PREFIX}*")))
    assert not (folder / "half.png").exists()
    wait_for(lambda: web.panel._crew.log.lately()[0].code == "file_cut_off")


def test_a_body_that_stands_still_is_cut_off_and_one_that_moves_is_not(web, folder, picture, monkeypatch):
    monkeypatch.setattr(connections, "BODY_S", 0.6)
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(head(web, "slow.png", len(picture), "Connection: close\r\n"))
        step = len(picture) // 5 + 1
        for at in range(0, len(picture), step):
            peer.sendall(picture[at : at + step])
            threading.Event().wait(0.2)
        assert b'"ok":true' in peer.recv(4096)
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(head(web, "still.png", len(picture)) + picture[:10])
        assert peer.recv(4096) == b""
    assert not (folder / "still.png").exists()


def test_few_files_arrive_at_the_same_time(web, folder, picture, monkeypatch):
    wait_for(lambda: web.panel._library.under_way == 0)
    monkeypatch.setattr(library_requests, "MOST_AT_ONCE", 2)
    peers = [socket.create_connection(web.address, timeout=PATIENCE_S) for _ in range(2)]
    for peer in peers:
        peer.sendall(head(web, "one.png", 100_000))
    wait_for(lambda: web.panel._library.under_way == 2)
    status, error = put(web, "third.png", picture)
    assert (status, error["reason"]) == (503, "library_busy")
    for peer in peers:
        peer.close()
    wait_for(lambda: web.panel._library.under_way == 0)
    assert put(web, "third.png", picture)[0] == 200


def test_files_that_are_too_long_or_have_no_room_are_refused(web, folder, picture, monkeypatch):
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(head(web, "long.png", arrivals.MOST_BYTES + 1, "Connection: close\r\n"))
        assert peer.recv(4096).startswith(b"HTTP/1.1 413")
    with monkeypatch.context() as small:
        small.setattr(arrivals, "MOST_BYTES", 1000)
        chunks = iter([picture, b"x" * 2000])
        with closing(http.client.HTTPConnection(*web.address, timeout=PATIENCE_S)) as connection:
            connection.request("POST", "/api/v1/library?name=long.png", chunks, BYTES, encode_chunked=True)
            assert connection.getresponse().status == 413
    monkeypatch.setattr(arrivals, "LEFT_FREE_BYTES", 1 << 60)
    status, error = put(web, "room.png", picture)
    assert (status, error["reason"]) == (507, "library_full")
    assert not list(folder.glob("long*"))


def test_a_disk_that_fills_meanwhile_keeps_nothing_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(arrivals, "LEFT_FREE_BYTES", 0)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    try:
        with web_stage(tmp_path, library=Arrivals(disk, may_be_made=False)) as web:
            status, _, error = web.ask("POST", "/api/v1/library?name=x.png", iter([b"x" * 3_000_000]), BYTES)
            assert (status, error["reason"]) == (507, "library_full")
            wait_for(lambda: not list(disk.iterdir()))
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_folder_that_is_away_is_not_made_where_it_is_a_disks(tmp_path, picture):
    with web_stage(tmp_path, library=Arrivals(tmp_path / "disk", may_be_made=False)) as web:
        status, error = put(web, "x.png", picture)
        assert (status, error["reason"]) == (507, "library_away")
        assert not (tmp_path / "disk").exists()


def test_a_revoked_tablets_file_is_cut_off(web, folder, picture):
    web.panel._crew.codes._tries._tries.clear()
    tablet = PairedTablet(web)
    with socket.create_connection(web.address, timeout=PATIENCE_S) as peer:
        peer.sendall(head(web, "gone.png", 9_000_000, f"Cookie: {tablet.cookie}\r\n") + picture)
        wait_for(lambda: list(folder.glob(f"{PREFIX}*")))
        web.post("/api/v1/tablets", id=tablet.id, revoke=True)
        wait_for(lambda: not list(folder.glob(f"{PREFIX}*")))
    assert not (folder / "gone.png").exists()


def test_what_a_killed_process_left_is_removed_and_what_arrives_is_not(tmp_path):
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "half.png").write_bytes(b"x")
    made = Arrivals(tmp_path, may_be_made=False)
    with closing(made.begin("now.png", None)) as arriving:
        assert not left.exists()
        made.sweep()
        arriving.add(b"x")
    assert list(tmp_path.iterdir()) == []


def test_large_random_bytes_do_not_hold_up_other_requests(web):
    content = random.Random(1).randbytes(30_000_000)
    sending = threading.Thread(target=put, args=(web, "noise.png", content))
    sending.start()
    while sending.is_alive():
        assert web.get("/api/v1/values")["values"]
    sending.join()
