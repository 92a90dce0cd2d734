"""The lock of a tablet that was left on a chair: nothing can be changed with it until its PIN, or an operator, opens it."""

import msgspec
import pytest
from paired_tablet import PairedTablet
from web_stage import web_stage

from stage.control.keys.tablets import FILE, TabletFile
from stage.panel import guessing
from stage.panel.guessing import TRIES_A_MINUTE

EXPOSURE = "/grade/exposure_stops"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="module")
def web(folder):
    with web_stage(folder) as made:
        yield made


@pytest.fixture
def tablet(web):
    web.panel._crew.codes._tries._tries.clear()
    made = PairedTablet(web, "operator")
    yield made
    web.post("/api/v1/tablets", id=made.id, revoke=True)


def test_a_locked_tablet_looks_and_changes_nothing(web, tablet):
    status, me = tablet.post("/api/v1/lock", pin="2580")
    assert (status, me["locked"], me["role"]) == (200, True, "operator")
    assert tablet.get("/api/v1/me")[1]["locked"] is True
    assert tablet.get(f"/api/v1/values{EXPOSURE}")[0] == 200
    assert tablet.command(type="status")[0] == 200
    for fields in ({"type": "set", "path": EXPOSURE, "value": 1.0}, {"type": "save"}, {"type": "undo"}):
        status, error = tablet.command(**fields)
        assert (status, error["reason"]) == (403, "tablet_locked"), fields
    for path in ("/api/v1/pair/code", "/api/v1/tablets", "/api/v1/lock"):
        assert tablet.post(path, **({"pin": "1111"} if "lock" in path else {}))[0] == 403
    with tablet.opened() as peer:
        peer.send(type="set", id=1, path=EXPOSURE, value=1.0)
        assert peer.receive()["reason"] == "tablet_locked"
        assert tablet.post("/api/v1/unlock", pin="2580")[1]["locked"] is False
        peer.send(type="set", id=2, path=EXPOSURE, value=1.0)
        assert peer.receive()["value"] == 1.0
    lines = web.panel._crew.log.lately()
    asked = [one.values.get("request") for one in lines if one.code == "tablet_locked"]
    assert [one for one in asked if one is not None] == ["set", "undo", "save", "set"], "once each, the newest first"
    codes = [one.code for one in lines]
    assert {"tablet_was_locked", "tablet_locked", "tablet_unlocked"} <= set(codes)


def test_a_lock_outlives_a_restart_and_its_pin_is_not_kept(tmp_path):
    with web_stage(tmp_path) as web:
        tablet = PairedTablet(web)
        tablet.post("/api/v1/lock", pin="73910284")
        port = web.address[1]
    assert "73910284" not in (tmp_path / "keys" / FILE).read_text()
    with web_stage(tmp_path, f"127.0.0.1:{port}") as web:
        tablet.web = web
        assert tablet.command(type="take", action="start")[1]["reason"] == "tablet_locked"
        assert tablet.post("/api/v1/unlock", pin="73910284")[0] == 200
        assert tablet.get("/api/v1/me")[1]["locked"] is False


def test_a_pin_is_guessed_a_few_times_a_minute_and_not_without_end(web, tablet, folder, monkeypatch):
    monkeypatch.setattr(guessing, "_COST", 2)  # many guesses, each of which is to cost something
    tablet.post("/api/v1/lock", pin="2580")
    kept = TabletFile(folder / "keys")
    lock = kept.find(tablet.id).lock
    kept.change(tablet.id, lock=msgspec.structs.replace(lock, wrong=guessing.MOST_WRONG))
    status, error = tablet.post("/api/v1/unlock", pin="2580")
    assert (status, error["reason"]) == (403, "pin_tries_over")
    kept.change(tablet.id, lock=lock)
    answers = [tablet.post("/api/v1/unlock", pin=f"{number:04}") for number in range(TRIES_A_MINUTE)]
    assert {status for status, _ in answers} == {403}
    assert [error["values"]["left"] for _, error in answers] == [19, 18, 17, 16, 15]
    status, error = tablet.post("/api/v1/unlock", pin="2580")
    assert (status, error["reason"]) == (429, "pin_too_often")


@pytest.mark.parametrize("given", ["", "123", "1" * 13, "12a4", "١٢٣٤", " 123", "12345678901234567890"])
def test_what_is_no_pin_locks_nothing(tablet, given):
    status, error = tablet.post("/api/v1/lock", pin=given)
    assert (status, error["reason"]) == (400, "not_a_pin")
    assert tablet.get("/api/v1/me")[1]["locked"] is False


def test_an_operator_opens_a_lock_whose_pin_is_forgotten(web, tablet):
    tablet.post("/api/v1/lock", pin="2580")
    status, found = web.post("/api/v1/tablets", id=tablet.id, unlock=True)
    assert (status, found["tablet"]["locked"]) == (200, False)
    assert tablet.command(type="set", path=EXPOSURE, value=0.0)[0] == 200


def test_only_tablets_have_locks(web):
    for path in ("/api/v1/lock", "/api/v1/unlock"):
        status, error = web.post(path, pin="2580")
        assert (status, error["reason"]) == (403, "not_a_tablet")
