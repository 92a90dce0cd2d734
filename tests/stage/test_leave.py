"""The law of a frame's leave: it is kept before anybody hears of it. With plain functions as keepers and publishers."""

import pytest

from stage.live.leave import LiveLeave
from tests.building import inputs_at, set_to, stage

STAGE = stage()


class Diary:
    """Who had which frame, in order."""

    def __init__(self):
        self.entries = []

    def keeper(self, name):
        return lambda inputs, outcome: self.entries.append((name, inputs.frame, outcome.frame))

    def publisher(self, name):
        return lambda outcome: self.entries.append((name, outcome.frame))


def frames_through(leave, count=3):
    show = STAGE.show()
    for frame in range(count):
        inputs = inputs_at(frame, set_to("/grade/tint", 0.1 * frame))
        outcome = show.step(inputs)
        leave.keep(inputs, outcome)
        leave.publish(outcome)


def test_every_keeper_has_a_frame_before_any_publisher_has_it():
    diary = Diary()
    keepers = tuple(diary.keeper(name) for name in ("recorder", "checkpoint"))
    publishers = tuple(diary.publisher(name) for name in ("control", "previews"))
    frames_through(LiveLeave(keepers=keepers, publishers=publishers))
    assert diary.entries == [
        entry
        for frame in range(3)
        for entry in (
            ("recorder", frame, frame),
            ("checkpoint", frame, frame),
            ("control", frame),
            ("previews", frame),
        )
    ]


def test_an_answer_is_kept_before_it_is_published():
    kept, published = [], []

    def keep(_inputs, outcome):
        kept.extend(answer.id for answer in outcome.answers)

    def publish(outcome):
        assert all(answer.id in kept for answer in outcome.answers)
        published.extend(answer.id for answer in outcome.answers)

    frames_through(LiveLeave(keepers=(keep,), publishers=(publish,)))
    assert published == kept == ["0-0", "1-0", "2-0"]


def test_a_frame_that_cannot_be_kept_is_not_published():
    diary = Diary()

    def full_disk(_inputs, _outcome):
        raise OSError("no space left")

    leave = LiveLeave(keepers=(diary.keeper("recorder"), full_disk), publishers=(diary.publisher("control"),))
    with pytest.raises(OSError, match="no space left"):
        frames_through(leave)
    assert diary.entries == [("recorder", 0, 0)]
