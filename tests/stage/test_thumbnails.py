"""Thumbnails of looks and worlds over HTTP: any name, a tag for what a browser has, nothing but small JPEG files."""

import asyncio
import io
from http import HTTPStatus

import pytest
from PIL import Image
from starlette.applications import Starlette

from stage.panel import thumbnails
from stage.panel.refusals import Refused, refused_answer
from stage.panel.thumbnails import MOST_BYTES, Thumbnails
from stage.show.frame.requests import LookRequest

NAMES = ("day", '夕方 the "golden" hour', "<b>&?#%2f", "../../etc/passwd", "\u202eright to left", "a/b")


def jpeg(value=0):
    content = io.BytesIO()
    Image.new("RGB", (32, 18), (value, value, value)).save(content, "JPEG")
    return content.getvalue()


class Panel:
    """The thumbnails of a stage that lists its looks and worlds two at a time."""

    def __init__(self, folder, names=NAMES):
        self.asked = 0
        self.files = {name: folder / f"{number}.jpg" for number, name in enumerate(names)}
        for number, file in enumerate(self.files.values()):
            file.write_bytes(jpeg(number))
        self.app = Starlette(
            routes=Thumbnails(self.ask).routes(),
            exception_handlers={Refused: lambda request, refused: refused_answer(request.scope, refused)},
        )

    async def ask(self, request):
        self.asked += 1
        rows = [{"name": name, "key": name, "thumbnail": str(file)} for name, file in self.files.items()]
        rows.append({"name": "bare", "key": "bare", "thumbnail": None})
        kind = "looks" if isinstance(request, LookRequest) else "worlds"
        return {"type": "ok", kind: rows[request.first : request.first + 2], "total": len(rows)}

    def get(self, kind, name, **headers):
        """Status, headers and body of the answer to a GET."""
        return asyncio.run(self._get(f"/preview/{kind}/{name}", headers))

    async def _get(self, path, headers):
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b"", "root_path": ""}
        await self.app(scope, receive, send)
        found = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
        return sent[0]["status"], found, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture
def panel(tmp_path):
    return Panel(tmp_path)


@pytest.mark.parametrize("kind", ["look", "world"])
@pytest.mark.parametrize("name", NAMES)
def test_a_thumbnail_comes_by_its_name_whatever_letters_that_has(panel, kind, name):
    status, headers, body = panel.get(kind, f"{name}.jpg")
    assert (status, headers["content-type"]) == (HTTPStatus.OK, "image/jpeg")
    assert body == panel.files[name].read_bytes()


def test_what_a_browser_has_is_not_sent_again_until_it_changes(panel):
    tag = panel.get("look", "day.jpg")[1]["etag"]
    status, headers, body = panel.get("look", "day.jpg", if_none_match=tag)
    assert (status, headers["etag"], body) == (HTTPStatus.NOT_MODIFIED, tag, b"")
    panel.files["day"].unlink()
    panel.files["day"].write_bytes(jpeg(200) + b"more")
    status, headers, body = panel.get("look", "day.jpg", if_none_match=tag)
    assert (status, headers["etag"] != tag, body) == (HTTPStatus.OK, True, jpeg(200) + b"more")


@pytest.mark.parametrize("name", ["day", "bare.jpg", "nobody.jpg", ".jpg", "day.png"])
def test_what_has_no_thumbnail_is_not_found(panel, name, monkeypatch):
    monkeypatch.setattr(thumbnails, "_LISTED_FOR_S", 0.05)
    assert panel.get("look", name)[0] == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("content", [b"", b"root:x:0:0", jpeg() + bytes(MOST_BYTES)])
def test_what_is_no_small_jpeg_is_not_served(panel, content):
    panel.files["day"].write_bytes(content)
    assert panel.get("look", "day.jpg")[0] == HTTPStatus.NOT_FOUND
    panel.files["day"].unlink()
    assert panel.get("look", "day.jpg")[0] == HTTPStatus.NOT_FOUND


def test_the_stage_is_asked_once_for_all_that_come_together(panel, monkeypatch):
    panel.get("look", "day.jpg")
    asked = panel.asked
    assert asked == 4
    for name in NAMES:
        panel.get("look", f"{name}.jpg")
    assert panel.asked == asked
    monkeypatch.setattr(thumbnails, "_LISTED_FOR_S", 0.0)
    panel.get("look", "day.jpg")
    assert panel.asked == 2 * asked


def test_a_picture_that_has_come_since_the_stage_was_asked_is_found(panel, monkeypatch):
    monkeypatch.setattr(thumbnails, "_LISTED_FOR_S", 0.2)
    late = panel.files.pop("day")
    panel.get("world", "a/b.jpg")
    panel.files["day"] = late
    status, _, body = panel.get("world", "day.jpg")
    assert (status, body) == (HTTPStatus.OK, late.read_bytes())


def test_names_that_nobody_has_ask_the_stage_no_more_often(panel, monkeypatch):
    monkeypatch.setattr(thumbnails, "_LISTED_FOR_S", 0.2)

    async def flood():
        return await asyncio.gather(*(panel._get(f"/preview/look/nobody{number}.jpg", {}) for number in range(100)))

    assert {status for status, _, _ in asyncio.run(flood())} == {HTTPStatus.NOT_FOUND}
    assert panel.asked == 2 * 4


def test_only_so_many_are_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_KEPT", 3)
    panel = Panel(tmp_path)
    for _ in range(2):
        for name in NAMES:
            assert panel.get("world", f"{name}.jpg")[0] == HTTPStatus.OK
