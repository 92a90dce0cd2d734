"""What goes out without a request: changed values as they change, the status about ten times a second."""

from __future__ import annotations

from stage.control.edge_commands import Present
from stage.control.exchange import Exchange
from stage.control.replies import StateUpdate, Telemetry, encode_message
from stage.values.tree import value_at

TELEMETRY_HZ = 10.0
SIGN_OF_LIFE_S = 1.0


class Publisher:
    """Publishes the state and telemetry streams, on show time."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._last_state = -1
        self._last_telemetry = -1
        self._last_tree = 0

    def publish(self, present: Present, waiting: dict[str, int], counts: dict[str, int]) -> None:
        """Publishes what is due in this frame. `waiting` and `counts` are those of `Telemetry`."""
        self._publish_state(present)
        moment = present.moment
        if 0 <= moment.frame - self._last_telemetry < present.view.rate_hz / TELEMETRY_HZ:
            return
        self._last_telemetry = moment.frame
        telemetry = Telemetry(
            epoch=moment.epoch,
            seq=moment.seq,
            frame=moment.frame,
            status=present.status,
            waiting=waiting,
            counts=counts,
        )
        self._exchange.publish("telemetry", encode_message(telemetry))

    def _publish_state(self, present: Present) -> None:
        """Changed values, paths that came or went, or a sign of life each second.

        By that, subscribers notice what they missed.
        """
        moment, controls = present.moment, present.view.controls
        changed = controls.changed if controls.frame == moment.frame else ()
        tree = present.tree.version
        if (
            not changed
            and tree == self._last_tree
            and 0 <= moment.frame - self._last_state < present.view.rate_hz * SIGN_OF_LIFE_S
        ):
            return
        self._last_state, self._last_tree = moment.frame, tree
        values = {path: value_at(controls.values, path) for path in changed}
        update = StateUpdate(epoch=moment.epoch, seq=moment.seq, frame=moment.frame, values=values, tree=tree)
        self._exchange.publish("state", encode_message(update))
