"""What a browser gets: whole, small, tagged, with a strict policy, and all of it from here."""

import gzip
import hashlib
import html
import json
import math
import re
from http.client import HTTPConnection
from pathlib import Path

import pytest
from web_panel import publishing, receiving, serving
from web_panel import request as asked

from stage.panel.page_files import FOLDER, PAGES, imported, page_of, policy_of, shell_of
from stage.panel.sun_requests import sun_way

MOST_BYTES = 250_000


@pytest.fixture(scope="module")
def server():
    with publishing() as publisher, receiving(publisher) as pictures, serving(pictures) as made:
        yield made


@pytest.mark.parametrize("folder", [FOLDER / "vendor", Path(__file__).parent / "axe"])
def test_the_libraries_are_as_their_makers_published_them(folder):
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(sums) == files - {"SHA256SUMS", "README.md"}
    for name, found in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == found, name


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_a_strict_policy_and_names_every_script_it_comes_to_import(server, address):
    answer, body = asked(server, address)
    text = body.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "style=" not in text
    assert not re.search(r"<script(?! type=\"importmap\")[^>]*>[^<]", text)
    named = re.findall(r'modulepreload" href="([^"]+)"', text)
    assert "/page/vendor/preact.mjs" in named
    for link in [*named, *re.findall(r'(?:src|href)="(/page/[^"]+)"', text)]:
        assert asked(server, link)[0].status == 200, link


def test_a_page_has_the_shape_of_its_stage():
    shape = {"film": [2048, 858], "lines": ['"><b>'], "walls": [[64, 32]], "lights": True}
    text = shell_of((FOLDER / "page.html").read_text(encoding="utf-8"), "director", shape)
    assert json.loads(html.unescape(re.search(r'data-shape="([^"]*)"', text)[1])) == shape
    assert "<b>" not in text


def test_a_file_that_is_known_is_not_sent_again(server):
    answer, body = asked(server, "/page/styles/parts.css")
    connection = HTTPConnection(*server.address)
    connection.request("GET", "/page/styles/parts.css", headers={"If-None-Match": answer.headers["ETag"]})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.request("GET", "/page/styles/parts.css", headers={"Accept-Encoding": "gzip"})
    packed = connection.getresponse()
    assert gzip.decompress(packed.read()) == body
    assert packed.headers["Content-Encoding"] == "gzip"
    connection.close()


@pytest.mark.parametrize("name", ["../page_files.py", "vendor/../../app.py", "page.html", "nothing.js", "", "vendor"])
def test_only_files_of_the_page_are_served(server, name):
    assert asked(server, f"/page/{name}")[0].status == 404


def test_nothing_of_ours_names_another_host():
    for path in FOLDER.rglob("*"):
        if path.suffix in (".js", ".css", ".html", ".json") and "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://", text), path


def test_a_script_that_imports_what_there_is_not_is_said_at_the_start():
    with pytest.raises(LookupError, match=r"a\.js: imports \./b\.js"):
        imported("a.js", {}, {"a.js": b'import { b } from "./b.js";'})
    assert "'sha256-" not in policy_of(page_of("<html></html>", {}))


def test_everything_is_small():
    size = sum(
        len(gzip.compress(path.read_bytes()))
        for path in FOLDER.rglob("*")
        if path.suffix in (".js", ".mjs", ".css", ".html")
    )
    print(f"static weight: {size} bytes compressed")
    assert size <= MOST_BYTES


def test_a_page_is_told_the_way_as_the_stage_counts_directions():
    """Facing south, the sun at noon is ahead, in the morning to the left; a stage is what `sun_way` is told of it."""
    place = {
        "date": "2024-03-20",
        "latitude_deg": 51.4779,
        "longitude_deg": 0.0,
        "altitude_m": 46.0,
        "utc_offset_h": 0.0,
    }
    found = sun_way({**place, "front_azimuth_deg": 180.0})
    hours = {round(hour, 2): (azimuth, elevation) for hour, azimuth, elevation in found["way"]}
    assert abs(hours[12.17][0]) < 3.0
    assert 60.0 < hours[8.0][0] < 75.0
    assert hours[16.0][0] < -50.0
    assert all(-180.0 <= azimuth <= 180.0 and math.isfinite(elevation) for azimuth, elevation in hours.values())
