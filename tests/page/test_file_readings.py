"""Files of looks and cues that a tablet sends: read whole, or refused with all that is wrong; nothing else is taken."""

from http.client import HTTPConnection

import msgspec
import pytest
from web_panel import publishing, receiving, serving

from stage.panel.file_readings import read_file
from stage.panel.refusals import Refused
from stage.words.languages import LANGUAGES
from stage.words.sentences import refusal_line, sentence

LOOK = b'name = "Stormy \xe5\xa4\x9c"\n[values]\n"/weather/rain" = 0.5\n"/world/active" = "Valley"\n'
CUES = b'[[cues]]\nnumber = 2.5\nlook = "dusk"\nfade_s = 3\n[[cues]]\nnumber = 1\nvalues = { "/grade/tint" = 0.5 }\n'
WRONG = {
    "no_text": b"\xff\xfe\x00",
    "broken": b"[values\n",
    "deep": b"a = " + b"[" * 5000,
    "of_something_else": b"[[walls]]\n",
    "not_finite": b'[values]\n"/grade/tint" = nan\n',
    "nothing": b"",
}


@pytest.fixture(scope="module")
def server():
    with publishing() as publisher, receiving(publisher) as pictures, serving(pictures) as made:
        yield made


def sent(server, path, body, **headers):
    connection = HTTPConnection(*server.address, timeout=20)
    connection.request("POST", path, body, {"Content-Type": "application/octet-stream", **headers})
    answer = connection.getresponse()
    found = answer.status, msgspec.json.decode(answer.read())
    connection.close()
    return found


def test_a_file_is_read_as_the_requests_have_it(server):
    status, look = sent(server, "/api/v1/read/look?name=storm.toml", LOOK.replace(b"\n", b"\r\n"))
    assert (status, look["name"]) == (200, "Stormy 夜")
    assert look["values"] == {"/weather/rain": 0.5, "/world/active": "Valley"}
    assert read_file("look", "../../a/Storm.toml", LOOK.partition(b"\n")[2])["name"] == "Storm"
    assert sent(server, "/api/v1/read/cues", CUES) == (
        200,
        {
            "cues": [
                {"number": 1.0, "values": {"/grade/tint": 0.5}},
                {"number": 2.5, "look": "dusk", "fade_s": 3.0},
            ]
        },
    )


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_file_is_said(wrong):
    with pytest.raises(Refused) as refused:
        read_file("look", "storm.toml", WRONG[wrong])
    refusal = refused.value.refusal
    assert (refusal.reason, refusal.values["file"]) == ("file_not_read", "storm.toml")
    assert refusal_line(refusal).startswith("storm.toml: ")
    assert "file_" not in sentence(refusal.reason, refusal.values, LANGUAGES["zh"])
    with pytest.raises(Refused):
        read_file("cues", "", WRONG[wrong] or b"cues = 3")


def test_only_a_page_of_this_stage_can_have_a_file_read(server):
    path = "/api/v1/read/look"
    assert sent(server, path, LOOK, **{"Content-Type": "text/plain"})[0] == 415
    assert sent(server, path, LOOK, Origin="http://elsewhere.test")[0] == 403
    assert sent(server, path, b"a" * (1 << 17))[0] == 413
    assert sent(server, "/api/v1/read/configuration", LOOK)[0] == 404
