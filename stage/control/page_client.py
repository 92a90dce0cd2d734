"""Asks the page of a stage that runs on this machine, over loopback, where whoever asks is this machine's user."""

from __future__ import annotations

import http.client
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stage.run.options import KEYS, WEB_FILE
from stage.run.runtime_folder import running_folders
from tracking.records import ConfigError
from tracking.sources.ordinary_files import read_ordinary

_ANSWERS_WITHIN_S = 5.0
_MOST_URL_BYTES = 256
_MOST_ANSWER_BYTES = 1 << 20


def page_of(keys: Path) -> str:
    """Where the run whose keys these are serves its page for this machine. Raises ConfigError where there is none."""
    for runtime, state in running_folders():
        if state is not None and state / KEYS == keys:
            try:
                return read_ordinary(runtime / WEB_FILE, _MOST_URL_BYTES).decode("ascii")
            except (OSError, ValueError):
                raise ConfigError("the stage serves no page: start it without --no-panel, or wait a moment") from None
    raise ConfigError(f"no stage runs here that keeps its keys in {keys}: start it, or name another with --state")


def ask_page(url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The page's answer to a POST. Raises ConfigError where it does not answer, or refuses."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_ANSWERS_WITHIN_S)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found: dict[str, Any] = json.loads(answer.read(_MOST_ANSWER_BYTES))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ConfigError(f"{url}: the page does not answer: {error}") from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise ConfigError(f"{url}: {found.get('detail', answer.status)}")
    return found
