"""A small stage with its gate and the web panel before it, in one process and over real sockets."""

import http.client
import json
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path

from running_gate import SECRET
from running_stage import PATIENCE_S, wait_for
from small_stage import SmallStage
from web_panel import publishing, receiving, serving

from stage.control.keys.tokens import TokenFolder
from stage.panel.links import StageLink

JSON = {"Content-Type": "application/json"}


class RememberingStage(SmallStage):
    """A small stage that keeps the commands that it carried out."""

    def __init__(self, folder):
        self.carried = []
        super().__init__(folder)

    def step(self, frames=1):
        commands = super().step(frames)
        self.carried += commands
        return commands


class WebStage:
    """A stage and its web panel; `address` is where the panel listens."""

    def __init__(self, stage, panel, tokens):
        self.stage, self.panel, self.tokens = stage, panel, tokens
        self.address = ("127.0.0.1", panel.address[1])

    def ask(self, method, path, body=None, headers=None, *, host=None, address=None):
        """Status, headers and the body, read from JSON where it is any."""
        connection = http.client.HTTPConnection(*(address or self.address), timeout=PATIENCE_S)
        connection.request(method, path, body, {**(headers or {}), **({} if host is None else {"Host": host})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        is_json = content and answer.headers["Content-Type"] == "application/json"
        return answer.status, answer.headers, json.loads(content) if is_json else content

    def get(self, path, **options):
        status, _, found = self.ask("GET", path, **options)
        assert status == 200, found
        return found

    def command(self, headers=None, address=None, **fields):
        """Status and answer."""
        return self.post("/api/v1/command", headers, address, **fields)

    def post(self, path, headers=None, address=None, /, **fields):
        """Status and body of a JSON request."""
        status, _, found = self.ask("POST", path, json.dumps(fields), {**JSON, **(headers or {})}, address=address)
        return status, found

    def bearer(self, name, role):
        return {"Authorization": f"Bearer {self.tokens.make(name, role)}"}


@contextmanager
def web_stage(folder: Path, bind="127.0.0.1:0", *, steps=True, **options):
    """A stage that steps, and its panel that has its values."""
    with ExitStack() as stack:
        stage = RememberingStage(folder / "state")
        if steps:
            stack.enter_context(stage.running())
        else:
            stack.callback(stage.server.close)
        tokens = TokenFolder(folder / "keys")
        pictures = stack.enter_context(receiving(stack.enter_context(publishing())))
        link = StageLink(stage.server.runtime, SECRET)
        panel = stack.enter_context(serving(pictures, bind=bind, link=link, keys=folder / "keys", **options))
        made = WebStage(stage, panel, tokens)
        if steps:
            wait_for(lambda: made.ask("GET", "/api/v1/values")[0] == 200)
        yield made


def own_address():
    """An address of this machine beyond loopback; None where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found = probe.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith("127.") else found
