"""Paired tablets: kept as hashes in one file, known over restarts and processes, named so that people tell them apart."""

import json
import stat
import threading

import pytest

from stage.control.keys.tablets import FILE, LONGEST_NAME, MOST_TABLETS, TabletFile, TabletsTakenError, clean_name


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def test_a_tablet_is_known_by_its_cookies_hash_alone(folder):
    tablet, cookie = TabletFile(folder).pair("Wei's iPad", "director", "192.0.2.7")
    file = folder / FILE
    assert len(cookie) == 43  # 256 bits
    assert cookie not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found = TabletFile(folder).carrier(cookie)
    assert found == tablet
    assert (found.name, found.role, found.owner) == ("Wei's iPad", "director", f"tablet:{tablet.id}")


@pytest.mark.parametrize("cookie", ["", "x", "x" * 10_000, "é", "\udc80"])
def test_what_is_no_cookie_of_ours_carries_nobody(folder, cookie):
    tablets = TabletFile(folder)
    _, given = tablets.pair("a", "viewer", "")
    assert tablets.carrier(cookie) is None
    assert tablets.carrier(given[:-1]) is None


def test_changes_are_known_at_once_to_every_process(folder):
    here, elsewhere = TabletFile(folder), TabletFile(folder)
    tablet, cookie = here.pair("a", "director", "")
    assert elsewhere.carrier(cookie).name == "a"
    assert elsewhere.change(tablet.id, name="b", role="operator").role == "operator"
    assert here.carrier(cookie).name == "b"
    elsewhere.change(tablet.id, revoked=True)
    assert here.carrier(cookie).revoked
    assert here.change(tablet.id, name="c") is None
    assert here.change("no such id", name="c") is None


def test_processes_that_pair_at_once_lose_none(folder):
    crowd = [
        threading.Thread(target=lambda n=number: TabletFile(folder).pair(f"t{n}", "viewer", "")) for number in range(8)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert {one.name for one in TabletFile(folder).tablets()} == {f"t{number}" for number in range(8)}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "tablet"),
        ("\x00\x1b[31m\n", "[31m"),
        ("  two\r\nlines ", "two lines"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("لوح المخرج", "لوح المخرج"),
        ("safe\u202egnp.exe", "safe gnp.exe"),
        ("e\u0301", "é"),
        ("魏" * 500, "魏" * LONGEST_NAME),
        ("\udc80", "tablet"),
    ],
)
def test_names_are_kept_as_one_line_of_what_can_be_seen(given, kept):
    assert clean_name(given) == kept


def test_a_name_that_is_taken_has_a_number(folder):
    tablets = TabletFile(folder)
    first, _ = tablets.pair("iPad", "director", "")
    names = [tablets.pair("ipad", "director", "")[0].name, tablets.pair("x" * LONGEST_NAME, "viewer", "")[0].name]
    names.append(tablets.pair("x" * LONGEST_NAME, "viewer", "")[0].name)
    assert names == ["ipad (2)", "x" * LONGEST_NAME, "x" * (LONGEST_NAME - 4) + " (2)"]
    assert tablets.change(first.id, name="iPad").name == "iPad"
    tablets.change(first.id, revoked=True)
    assert tablets.pair("iPad", "director", "")[0].name == "iPad"


def test_a_tablet_that_is_paired_again_is_no_longer_what_it_was(folder):
    tablets = TabletFile(folder)
    before, old = tablets.pair("iPad", "operator", "")
    after, new = tablets.pair("iPad", "viewer", "", instead_of=before.id)
    assert tablets.carrier(old).revoked
    assert (tablets.carrier(new).id, after.name) == (after.id, "iPad")


def test_the_oldest_revoked_tablet_makes_room_and_no_other(folder):
    tablets = TabletFile(folder)
    made = [tablets.pair("t", "viewer", "")[0] for _ in range(3)]
    many = [
        {**json.loads((folder / FILE).read_text())[0], "id": f"{number:016x}", "name": f"u{number}"}
        for number in range(MOST_TABLETS - 3)
    ]
    (folder / FILE).write_text(json.dumps(json.loads((folder / FILE).read_text()) + many))
    with pytest.raises(TabletsTakenError):
        tablets.pair("one more", "viewer", "")
    tablets.change(made[1].id, revoked=True)
    tablets.pair("one more", "viewer", "")
    assert tablets.find(made[1].id) is None
    assert tablets.find(made[0].id) is not None


@pytest.mark.parametrize("content", [b"{", b"[" * 5000, b"\xff", b'[{"id": 1}]', b"x" * 2_000_000])
def test_a_damaged_file_lets_nobody_in_and_is_set_aside(folder, content):
    tablets = TabletFile(folder)
    _, cookie = tablets.pair("a", "operator", "")
    (folder / FILE).write_bytes(content)
    assert tablets.carrier(cookie) is None
    _, again = tablets.pair("a", "operator", "")
    assert tablets.carrier(again).name == "a"
    assert (folder / "tablets.damaged.json").read_bytes() == content
