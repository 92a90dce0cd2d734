"""What trackers send while a motion is played: real packets in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from stage.verify.cameras import LensTruth, as_tracked
from stage.verify.motions import TrueMotion, TruePose
from tracking.datagrams import Datagram
from tracking.protocols.encoders import Encoder, encoder_for
from tracking.records import ConfigError, Record, TrackerSample
from tracking.settings import TrackerConfig
from tracking.sources.schedule import Dispatch, Disturbance, sampled_ns, schedule

SENDER = "127.0.0.1:50000"
START_NS = 1_000_000_000_000
"""Host time of the start of every motion and of every still pose."""
DEVICE_EPOCH_NS = 1_700_000_000_000_000_000
"""The tracker's own clock at the start of the motion: it is independent of the host's clock."""


def encoder_of(tracker: TrackerConfig, rate_hz: float) -> Encoder:
    """The sender's side of a configured tracker, in its own dialect.

    Raises ConfigError for a camera id that does not fit the protocol.
    """
    try:
        return encoder_for(tracker.protocol, tracker.camera_id or 1, rate_hz=rate_hz, dialect=tracker.dialect)
    except ValueError as error:
        raise ConfigError(f"trackers.{tracker.name}.camera_id: {error}") from error


class Journey(Record):
    """How one tracker samples and sends. Its first sample is taken `phase_ns` after the start of the motion."""

    rate_hz: float
    phase_ns: int
    disturbance: Disturbance


class PacketStream:
    """The packets of one tracker for a motion that starts at `START_NS`; `pose_at` is the true path of its body."""

    def __init__(
        self,
        tracker: TrackerConfig,
        truth: LensTruth,
        motion: TrueMotion,
        *,
        pose_at: Callable[[float], TruePose],
        journey: Journey,
    ) -> None:
        self._tracker = tracker
        self._truth = truth
        self._pose_at = pose_at
        self._motion = motion
        self._rate_hz = journey.rate_hz
        self._begun_ns = START_NS + journey.phase_ns
        self._phase_ns = journey.phase_ns
        self._encoder = encoder_of(tracker, journey.rate_hz)
        self._dispatches = schedule(journey.rate_hz, journey.disturbance)
        self._next: Dispatch = next(self._dispatches)
        self._encoded: dict[int, tuple[bytes, ...]] = {}
        self._encoded_to = 0

    def until(self, now_ns: int) -> tuple[Datagram, ...]:
        """The datagrams that have arrived since the last call, in order."""
        arrived: list[Datagram] = []
        while self._begun_ns + self._next.send_ns <= now_ns:
            received_ns = self._begun_ns + self._next.send_ns
            arrived += [
                Datagram(source=self._tracker.source, sender=SENDER, received_ns=received_ns, payload=packet)
                for packet in self._packets_of(self._next.sample)
            ]
            self._next = next(self._dispatches)
        return tuple(arrived)

    def _packets_of(self, sample: int) -> tuple[bytes, ...]:
        """A lost sample uses up its sequence number; in a gap of the motion no sample is taken."""
        while self._encoded_to <= sample:
            self._encoded[self._encoded_to] = self._encode(self._encoded_to)
            self._encoded.pop(self._encoded_to - 8, None)
            self._encoded_to += 1
        return self._encoded.get(sample, ())

    def _encode(self, sample: int) -> tuple[bytes, ...]:
        elapsed_ns = self._phase_ns + sampled_ns(sample, self._rate_hz)
        if not self._motion.known_at(elapsed_ns * 1e-9):
            return ()
        pose = as_tracked(self._pose_at(elapsed_ns * 1e-9), self._tracker.stage_from_tracker)
        taken = TrackerSample(
            position_m=pose.position_m,
            rotation=pose.rotation,
            device_ns=DEVICE_EPOCH_NS + elapsed_ns,
            sequence=sample,
            rate_hz=self._rate_hz,
        )
        try:
            return self._encoder.encode(self._truth.reported_in(taken))
        except ValueError as error:
            raise ConfigError(f"--motion: a pose does not fit {self._tracker.protocol}: {error}") from error
