"""The OSC process: reads packets, asks the stage for what they want, and sends what has changed.

`python -m stage.osc.service --section JSON --runtime FOLDER --secret FILE`
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import msgpack
import msgspec
import zmq

from stage.config.addresses import address_and_port, parse_network
from stage.config.records import OscSection
from stage.control.fairness import FairQueue
from stage.gate.local import read_secret
from stage.osc.arguments import encoded
from stage.osc.caller import Caller, Sender
from stage.osc.feedback import Feedback
from stage.osc.follower import Follower
from stage.osc.mapping import address_of, understood, with_id
from stage.osc.packet_filter import PacketFilter
from stage.osc.refusals import Refusals
from stage.osc.senders import Senders
from stage.osc.unanswered import Unanswered
from stage.run.events import AliveEvent, NoticeEvent, print_event
from stage.run.options import REFUSED
from stage.run.realtime import die_with_parent, keep_loaded
from stage.run.terminal import print_notice
from stage.show.frame.requests import ShowRequest
from stage.values.parameters import Refusal
from stage.values.tree import ParameterTree
from tracking.protocols.osc_packet import OscMessage, read_message, split_packet
from tracking.records import UNDECODABLE, PacketError

NAME = "osc"
ERROR = "/error"
ALIVE_EVERY_S = 1.0
PACKETS_A_ROUND = 64
READ_A_ROUND = 1024
"""Reading is quick, and what is not read in time is lost to all senders; so it goes before everything else."""
PACKETS_WAITING, PACKETS_OF_ONE = 4096, 512
_LONGEST_PACKET = 65536
_POLL_MS, _POLL_BUSY_MS = 100, 5
_LOOKS_AGAIN_EVERY_S = 0.1
_RECEIVE_BUFFER = 1 << 20
_UNREAD = "before they were read: too many came at once, or from who had sent too many"
_AWAY = Refusal(code="no_answer", reason="osc_stage_away")
_TOO_MANY = Refusal(code="busy", reason="requests_waiting")


class OscService:
    """One socket of OSC and the stage behind `caller`. `round` is called again and again."""

    def __init__(self, section: OscSection, caller: Caller) -> None:
        """Raises OSError where the address cannot be bound."""
        self._section = section
        self._caller = caller
        self._senders = Senders(map(parse_network, section.allow))
        self._follower = Follower(caller.ask)
        self._feedback = Feedback()
        self._receiver = None if section.feedback is None else address_and_port(section.feedback)
        self._refusals = Refusals()
        self._unanswered, self._look_again_s = Unanswered(), 0.0
        self._instance, self._count = os.urandom(4).hex(), 0
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._udp.setblocking(False)
        self._udp.bind(address_and_port(section.bind))
        self._filter = PacketFilter(self._udp)
        self._packets: FairQueue[tuple[bytes, str]] = FairQueue(PACKETS_WAITING, PACKETS_OF_ONE)
        self._poller = zmq.Poller()
        for one in (self._udp, *caller.sockets):
            self._poller.register(one, select.POLLIN)

    @property
    def address(self) -> tuple[str, int]:
        """The address and port that are really bound."""
        host, port = self._udp.getsockname()
        return host, port

    def round(self) -> None:
        """Waits a moment for anything, and acts on all that has come."""
        self._poller.poll(self._patience_ms())
        now_s = time.monotonic()
        self._read_packets(now_s)
        for body in self._caller.replies():
            self._hear_reply(body, now_s)
        for body in self._caller.updates():
            self._follower.hear_update(body, now_s)
        self._follower.tick(now_s)
        for packet, sender in self._packets.due(PACKETS_A_ROUND):
            self._carry_out(packet, sender, now_s)
        self._send_again(now_s)
        self._send_feedback(now_s)
        dropped = self._senders.dropped + Counter({_UNREAD: self._filter.dropped})
        for line in self._refusals.lines(now_s, dropped):
            print_event(NoticeEvent(text=line))

    def close(self) -> None:
        """Releases the port."""
        self._udp.close()
        self._caller.close()

    def _patience_ms(self) -> int:
        """How long to wait at most for something to come."""
        if len(self._packets):
            return 0
        return _POLL_BUSY_MS if self._feedback.waits and self._receiver is not None else _POLL_MS

    def _read_packets(self, now_s: float) -> None:
        """Takes what has come, of no sender so much that others find no room. Who floods is not heard for a while."""
        for _ in range(READ_A_ROUND):
            try:
                packet, (host, _) = self._udp.recvfrom(_LONGEST_PACKET)
            except BlockingIOError:
                break
            except OSError:
                continue  # an address that was sent to says that nobody listens there
            if self._senders.admits(host, now_s) and not self._packets.add(host, "", (packet, host)):
                self._senders.dropped[_UNREAD] += 1
        self._filter.refuse(self._senders.unheard(now_s))

    def _carry_out(self, packet: bytes, sender: str, now_s: float) -> None:
        messages = self._messages(packet, sender)
        if not messages or not self._senders.spend(sender, len(messages), now_s):
            return
        tree = self._follower.tree(now_s)
        if tree is None:
            self._refuse(sender, messages[0].address, _AWAY)
            return
        self._ask_for(messages, sender, tree, now_s)

    def _ask_for(self, messages: list[OscMessage], sender: str, tree: ParameterTree, now_s: float) -> None:
        wanted = understood(messages, tree)
        for address, refusal in wanted.refused:
            self._refuse(sender, address, refusal)
        if self._receiver is not None and sender == self._receiver[0]:
            self._feedback.said(wanted.sets, now_s)
        if wanted.refresh:
            self._feedback.refresh()
        for request in wanted.requests:
            self._send(request, sender, now_s)

    def _send(self, request: ShowRequest, sender: str, now_s: float) -> None:
        self._count += 1
        named = with_id(request, f"{self._instance}-{self._count}", f"osc {sender}")
        if not self._unanswered.has_room(named, sender):
            self._refuse(sender, address_of(request), _TOO_MANY)
        elif not self._caller.send(named, Sender(sender, self._section.role)):
            self._refuse(sender, address_of(request), _AWAY)
        else:
            self._unanswered.add(named, sender, now_s)

    def _send_again(self, now_s: float) -> None:
        """Sends once more what was not answered, and tells of what was not answered for long."""
        if now_s < self._look_again_s:
            return
        self._look_again_s = now_s + _LOOKS_AGAIN_EVERY_S
        for asked in self._unanswered.overdue(now_s):
            self._refuse(asked.sender, asked.address, _not_answered(asked.patience_s))
        for asked in self._unanswered.due_again(now_s):
            self._caller.send(asked.request, Sender(asked.sender, self._section.role))

    def _hear_reply(self, body: bytes, now_s: float) -> None:
        try:
            reply: dict[str, Any] = msgpack.unpackb(body)
        except (*UNDECODABLE, msgpack.UnpackException):
            return
        if self._follower.hear_reply(reply, now_s):
            return
        asked = self._unanswered.pop(str(reply.get("id")))
        if asked is not None and reply["type"] == "error":
            self._tell_error(asked.sender, reply.get("path") or asked.address, reply["code"], reply["detail"])

    def _messages(self, packet: bytes, sender: str) -> list[OscMessage]:
        """The sound messages of a packet; the others are refused one by one."""
        messages: list[OscMessage] = []
        try:
            for content in split_packet(packet):
                try:
                    messages.append(read_message(content))
                except PacketError as error:
                    self._refusals.note(sender, str(error))
        except PacketError as error:
            self._refusals.note(sender, str(error))
        return messages

    def _refuse(self, sender: str, address: str, refusal: Refusal) -> None:
        self._tell_error(sender, address, refusal.code, self._refusals.words_of(refusal))

    def _tell_error(self, sender: str, address: str, code: str, detail: str) -> None:
        """Counts a refusal, and tells the receiver of the feedback; nobody else is ever sent anything."""
        self._refusals.note(sender, f"{address}: {code}: {detail}")
        if self._receiver is not None and self._refusals.may_tell(time.monotonic()):
            self._send_packet(encoded(ERROR, code, detail, address))

    def _send_feedback(self, now_s: float) -> None:
        if self._follower.anew is not None:
            self._feedback.replace(self._follower.anew)
            self._follower.anew = None
        self._feedback.note(self._follower.changed)
        self._follower.changed.clear()
        if self._receiver is not None:
            for packet in self._feedback.packets(now_s):
                self._send_packet(packet)

    def _send_packet(self, packet: bytes) -> None:
        assert self._receiver is not None
        try:
            self._udp.sendto(packet, self._receiver)
        except OSError as error:
            self._refusals.note(self._receiver[0], f"feedback: {error.strerror}")


def _not_answered(seconds: float) -> Refusal:
    return Refusal(code="no_answer", reason="osc_not_answered", values={"seconds": seconds})


def main(words: list[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT. Returns 2 if the address cannot be used."""
    die_with_parent()
    keep_loaded()
    parser = argparse.ArgumentParser(prog="stage.osc.service", description="Serves OSC for a running stage.")
    parser.add_argument("--section", required=True, metavar="JSON", help="the section [osc] of the configuration")
    parser.add_argument("--runtime", required=True, metavar="FOLDER", help="the run's folder")
    parser.add_argument(
        "--secret", required=True, type=Path, metavar="FILE", help="the file with the secret of the run"
    )
    given = parser.parse_args(words)
    ended: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        ended.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    section = msgspec.json.decode(given.section, type=OscSection)
    try:
        service = OscService(section, Caller(given.runtime, read_secret(given.secret)))
    except OSError as error:
        print_notice(
            f"osc.bind: {section.bind} cannot be used ({error.strerror}); end what listens there, or use another"
        )
        return REFUSED
    host, port = service.address
    who = f"{', '.join(section.allow)} as {section.role}"
    print_event(NoticeEvent(text=f"OSC at {host}:{port}, from {who}; it knows no passwords"))
    alive_s = 0.0
    while not ended:
        if time.monotonic() >= alive_s:
            alive_s = time.monotonic() + ALIVE_EVERY_S
            print_event(AliveEvent(name=NAME))
        service.round()
    service.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
