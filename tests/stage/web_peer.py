"""A client of the web panel's WebSocket."""

import json
from contextlib import contextmanager

from running_stage import PATIENCE_S
from websockets.sync.client import connect


class Peer:
    """A client of the WebSocket."""

    def __init__(self, connection):
        self.connection = connection

    def send(self, **fields):
        self.connection.send(json.dumps(fields))

    def receive(self):
        return json.loads(self.connection.recv(timeout=PATIENCE_S))

    def until(self, good):
        while not good(found := self.receive()):
            continue
        return found


@contextmanager
def opened(web, *, address="127.0.0.1", **options):
    with connect(f"ws://{address}:{web.address[1]}/api/v1/ws", **options) as peer:
        yield Peer(peer)
