"""A tablet as its browser is: it pairs by a code, and carries its cookie from then on."""

import json

from web_peer import opened
from web_stage import JSON


class PairedTablet:
    """A tablet that was paired with a web stage at `address`, in a role."""

    def __init__(self, web, role="director", name="Wei's iPad", address="127.0.0.1"):
        self.web, self.host = web, address
        code = web.post("/api/v1/pair/code", role=role)[1]["code"]
        status, headers, self.paired = web.ask(
            "POST", "/api/v1/pair", json.dumps({"code": code, "name": name}), JSON, address=self.there
        )
        assert status == 200, self.paired
        self.set_cookie = headers["Set-Cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.id = self.paired["tablet"]

    @property
    def there(self):
        return (self.host, self.web.address[1])

    @property
    def headers(self):
        return {"Cookie": self.cookie}

    def get(self, path):
        """Status and body."""
        status, _, found = self.web.ask("GET", path, headers=self.headers, address=self.there)
        return status, found

    def post(self, path, /, **fields):
        """Status and body."""
        return self.web.post(path, self.headers, self.there, **fields)

    def command(self, **fields):
        """Status and answer."""
        return self.web.command(self.headers, self.there, **fields)

    def opened(self):
        """Its WebSocket."""
        return opened(self.web, address=self.host, additional_headers=self.headers)
