"""The English sentences of what the web process refuses, by code: `str.format` templates over its values."""

from __future__ import annotations

WEB_REFUSALS = {
    "foreign_host": (
        "found the host {found!r}, which is no name of this machine: use the address that `stage run` has printed"
    ),
    "foreign_origin": "found the origin {found!r}, a page of another server: open the page of this one",
    "address_not_valid": "found the address {found!r}, expected a path that begins with /",
    "no_such_page": "there is nothing at {found!r}: see docs/control-api.md for what there is",
    "no_such_language": "found the language {found!r}, expected one of {languages}",
    "wrong_method": "found {found}, expected {allowed}: only POST /api/v1/command and /api/v1/ws change the stage",
    "not_json_content": "found the content type {found!r}, expected application/json: it keeps other pages' forms out",
    "not_json": "the body is not a JSON object: {found}",
    "body_too_long": "the body is too long, expected at most {most} bytes",
    "head_not_http": "what came is not an HTTP request with a head of at most {most} bytes",
    "request_too_slow": "the request was not complete within {seconds:g} s",
    "not_a_bearer": "found another authorization, expected `Authorization: Bearer TOKEN`",
    "no_such_token": "the token is not known: make one with `stage control keys add NAME --http`",
    "token_revoked": "the token of {name} was revoked: make another with `stage control keys add {name} --http`",
    "stage_silent": "the stage sends no status",
    "stage_not_answering": "the stage has not answered within {seconds:g} s: send it again under its id",
    "connections_taken": "{most} connections are open, which is as many as there can be: try again later",
    "requests_waiting": "too many requests wait for an answer: send it again later",
    "sockets_taken": "{most} WebSockets are open, which is as many as there can be: close one of them",
    "pictures_waiting": "too many pictures are waited for: ask again later",
    "not_a_socket": "this is a WebSocket: connect with ws://",
    "not_a_stream": "found the stream {found!r}, expected one of {streams}",
    "not_text_message": "found a binary message, expected text with a JSON object",
    "not_about_pictures": 'found {found!r}, expected {{"watch": [...]}} or {{"shown": NUMBER}}',
    "not_a_sent_picture": "found {found} as the number of a picture that was shown, expected 1 to {newest}",
    "not_a_watch_list": "found {found}, expected a list of at most {most} pictures to watch",
    "not_a_watch": 'found {found}, expected {{"topic": "film/A", "width": 640}}',
    "no_such_picture": "found the picture {found}, expected one of {topics}",
    "not_a_width": "found the width {found}, expected a whole number of pixels from 1 to {widest}",
    "went_wrong": "the page made a mistake; it goes on",
}
