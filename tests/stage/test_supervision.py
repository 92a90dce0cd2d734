"""The parts of the supervisor, each by itself: on clocks that the test moves, with real processes."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys

import pytest

from stage.run.checkpoint import Checkpoint
from stage.run.child_lines import MOST_LINE_BYTES
from stage.run.events import ReadyEvent
from stage.run.options import CoreOptions
from stage.show.state import new_state, state_in_parts
from stage.supervision.announcement import Announcement
from stage.supervision.children import SHORT_LIFE_S, Children, Pauses
from stage.supervision.core_lives import CoreLives
from stage.supervision.ending import CORE_ENDS_S, HELPERS_END_S, Ending
from stage.supervision.user_lines import UserLines
from tests.building import camera, parsed, stage_text, tracker

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
)
OBEDIENT = "import time; print('here', flush=True); time.sleep(99)"
SECOND_S = 1.0


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@contextlib.contextmanager
def started(*programs):
    """Children that have begun to run their programs, ended afterwards."""
    children = Children()
    family = [children.start(f"child {number}", [sys.executable, "-c", text]) for number, text in enumerate(programs)]
    try:
        for child in family:
            while not child.lines.read():
                assert select.select([child.events], [], [], 60.0)[0]
        yield family
    finally:
        for child in family:
            child.kill()


def test_a_core_that_ends_by_itself_is_not_killed(clock):
    ending = Ending(clock)
    with started(OBEDIENT) as (core,):
        ending.press(core)
        assert not ending.begun
        assert core.process.poll() is None
        ending.request()
        ending.press(core)
        assert ending.begun
        assert core.process.wait(60.0) == -15


def test_a_core_that_does_not_end_is_killed_within_the_second(clock):
    ending = Ending(clock)
    with started(STUBBORN) as (core,):
        ending.request()
        ending.press(core)
        clock.now_s = CORE_ENDS_S
        ending.request()
        ending.press(core)
        assert core.process.poll() is None
        clock.now_s = CORE_ENDS_S + 0.001
        ending.press(core)
        assert core.process.wait(60.0) == -9
    assert CORE_ENDS_S < HELPERS_END_S < SECOND_S


def test_a_core_that_has_said_its_last_word_and_stays_is_killed(clock):
    ending = Ending(clock)
    with started(STUBBORN, OBEDIENT) as (core, helper):
        ending.dismiss([helper])
        assert ending.begun
        assert helper.process.wait(60.0) == -15
        clock.now_s = CORE_ENDS_S + 0.001
        ending.press(core)
        assert core.process.wait(60.0) == -9


def test_helpers_that_do_not_end_in_time_are_killed(clock):
    ending = Ending(clock)
    with started(STUBBORN, STUBBORN) as helpers:
        ending.request()
        clock.now_s = HELPERS_END_S
        ending.finish(helpers)
        assert [helper.process.poll() for helper in helpers] == [-9, -9]


SWALLOWED_BY_AN_IMPORT = """
import os, signal, sys, weakref
from stage.run.terminal import leave_on_signals
leave_on_signals(["run"])
class ModuleLock:
    pass
lock = ModuleLock()
forgotten = weakref.ref(lock, lambda _: os.kill(os.getpid(), int(sys.argv[1])))
del lock
sys.exit("went on")
"""
SWALLOWED_BEFORE_THE_RUN = """
import contextlib, os, sys
from stage.run.terminal import exit_on_signals
from stage.supervision.ending import Ending
exit_on_signals()
with contextlib.suppress(SystemExit):
    os.kill(os.getpid(), int(sys.argv[1]))
ending = Ending()
ending.catch_signals()
sys.exit(0 if ending.begun else "went on")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("text", [SWALLOWED_BY_AN_IMPORT, SWALLOWED_BEFORE_THE_RUN], ids=["import", "launch"])
def test_a_signal_of_the_start_is_not_lost_where_its_exception_is_swallowed(text, number):
    done = subprocess.run([sys.executable, "-c", text, str(int(number))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def lives_of(folder, **options):
    return CoreLives(CoreOptions(config="c", runtime=str(folder), takes="t", state="s", show="sh", **options))


TIED = """
import os, signal, subprocess, sys
from stage.run.realtime import tie_to
signal.signal(signal.SIGTERM, lambda *_: None)
def before_exec():
    tie_to(os.getppid() + int(sys.argv[1]))
    os.kill(os.getpid(), signal.SIGTERM)  # as the kernel does once the parent has died
print(subprocess.run([sys.executable, "-c", "print('began')"], preexec_fn=before_exec).returncode)
"""


@pytest.mark.parametrize(("another_parent", "code"), [(0, -signal.SIGTERM), (1, 1)])
def test_a_process_whose_supervisor_dies_before_it_begins_does_not_begin(another_parent, code):
    words = [sys.executable, "-c", TIED, str(another_parent)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == f"{int(code)}\n"


def test_a_checkpoint_is_tried_twice_then_only_its_values_then_changes_are_taken_back(tmp_path):
    lives = lives_of(tmp_path)
    starts = []
    for number in range(6):
        lives.ready(float(number))
        options = lives.after_death(number + 0.5, "signal 9")
        starts.append((options.start, options.takes_back))
    assert starts[:3] == [("checkpoint", False), ("checkpoint", False), ("values", False)]
    assert starts[3:] == [("values", True)] * 3
    assert lives.options.epoch == 7


@pytest.mark.parametrize(("second_lives_s", "suspect_frame"), [(0.5, 190), (5.0, 100)])
def test_what_a_second_core_carried_out_again_in_its_first_moment_may_be_what_killed_the_first(
    tmp_path, second_lives_s, suspect_frame
):
    lives = lives_of(tmp_path)
    state = new_state(parsed(stage_text(tracker("t"), camera("A"))))
    checkpoint = Checkpoint(lives.options.checkpoint())
    for frame, life_s in ((100, 20.0), (190, second_lives_s), (280, 0.5), (370, 0.5)):
        lives.ready(0.0)
        state.frame = frame
        checkpoint.write(state_in_parts(state))
        options = lives.after_death(life_s, "signal 11")
    assert (options.takes_back, options.suspect_frame) == (True, suspect_frame)
    checkpoint.close()


def test_a_core_that_lived_long_enough_clears_the_name_of_its_checkpoint(tmp_path):
    lives = lives_of(tmp_path)
    lives.ready(0.0)
    assert [lives.after_death(number, "exit 1").start for number in (1.0, 2.0)] == ["checkpoint", "checkpoint"]
    lives.ready(3.0)
    assert lives.after_death(3.0 + SHORT_LIFE_S, "exit 1").start == "checkpoint"
    lives.ready(20.0)
    assert lives.after_death(20.0 + SHORT_LIFE_S - 0.1, "exit 1").start == "checkpoint"
    assert lives.after_death(40.0, "exit 1").start == "values"


def test_a_core_that_was_refused_for_something_outside_casts_no_doubt_on_its_state(tmp_path):
    lives = lives_of(tmp_path)
    lives.ready(0.0)
    lives.after_death(20.0, "signal 9")
    refused = [lives.after_death(20.0 + number, "exit 2", blameless=True) for number in range(10)]
    assert {(options.start, options.takes_back) for options in refused} == {("checkpoint", False)}


def test_pauses_grow_without_end_and_are_short_again_after_a_long_life():
    pauses = Pauses()
    assert [pauses.after(0.1) for _ in range(9)] == [0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0]
    assert [pauses.after(0.1) for _ in range(2000)][-1] == 10.0
    assert pauses.after(SHORT_LIFE_S) == 0.0
    assert [Pauses().after(0.1, refused=True)] == [0.25]


def test_a_restarted_core_runs_for_what_is_left_of_the_time(tmp_path):
    lives = lives_of(tmp_path, seconds=30.0)
    assert not lives.has_served
    lives.ready(100.0)
    assert lives.after_death(112.0, "exit 1").seconds == pytest.approx(18.0)
    lives.ready(113.0)
    assert lives.after_death(125.0, "exit 1").seconds == pytest.approx(5.0)
    assert lives.after_death(131.0, "exit 1").seconds == pytest.approx(0.1)


def test_a_run_without_a_checkpoint_is_summed_up_by_its_time(tmp_path):
    lives = lives_of(tmp_path)
    lives.ready(10.0)
    summary = lives.summary(14.0)
    assert (summary.frames, summary.seconds, summary.take) == (0, 4.0, None)


def test_a_run_whose_last_core_died_is_summed_up_by_its_checkpoint(tmp_path):
    """The supervisor reads a few fields of the state without knowing the rest of it."""
    state = new_state(parsed(stage_text(tracker("t"), camera(tracker="t"))))
    state.frame, state.missed, state.take.path = 41, 3, "/takes/take-001.mcap"
    state.trackers["t"].accepted = 7
    lives = lives_of(tmp_path)
    checkpoint = Checkpoint(lives.options.checkpoint())
    checkpoint.write(state_in_parts(state))
    checkpoint.close()
    summary = lives.summary(14.0)
    assert (summary.frames, summary.missed, summary.take) == (42, 3, "/takes/take-001.mcap")
    assert summary.packets == {"t": 7}


def announced_by(capfd):
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_ready_waits_for_the_address_of_the_page(capfd):
    announcement = Announcement(UserLines(), awaits_panel=True, takes="/takes", recording=False)
    announcement.core_ready(ReadyEvent(control="tcp://127.0.0.1:1", panel=None, pid=7))
    assert announced_by(capfd) == []
    announcement.panel_ready("http://127.0.0.1:2")
    expected = {"event": "ready", "control": "tcp://127.0.0.1:1", "panel": "http://127.0.0.1:2", "pid": 7}
    assert announced_by(capfd) == [expected]
    announcement.panel_ready("http://127.0.0.1:2")
    assert announced_by(capfd) == []
    announcement.core_ready(ReadyEvent(control="tcp://127.0.0.1:1", panel=None, pid=8))
    assert announced_by(capfd) == [{**expected, "pid": 8}]


def test_ready_does_not_wait_for_a_page_that_will_not_come(capfd):
    announcement = Announcement(UserLines(), awaits_panel=True, takes="/takes", recording=False)
    announcement.core_ready(ReadyEvent(control="tcp://127.0.0.1:1", panel=None, pid=7))
    announcement.panel_lost()
    (event,) = announced_by(capfd)
    assert event["panel"] is None


@pytest.mark.parametrize(
    ("recording", "folder", "words"),
    [(False, ".", "takes go to {}"), (True, ".", "recording into {}"), (True, "a file/takes", "not recording: ")],
)
def test_people_learn_once_where_to_look_where_takes_go_and_how_to_end(capfd, tmp_path, recording, folder, words):
    (tmp_path / "a file").touch()
    takes = tmp_path / folder
    announcement = Announcement(UserLines(), awaits_panel=True, takes=str(takes), recording=recording)
    announcement.panel_ready("http://127.0.0.1:2")
    for pid in (7, 8):
        announcement.core_ready(ReadyEvent(control="tcp://127.0.0.1:1", panel=None, pid=pid))
    lines = capfd.readouterr().err.splitlines()
    assert lines[1].startswith(words.format(takes))
    assert [lines[0], *lines[2:]] == ["see the walls at http://127.0.0.1:2", "Ctrl-C ends the stage"]


def lines_until_end(children, child):
    lines = []
    while not child.lines.ended:
        lines.extend(children.lines())
    return lines


def test_children_are_read_by_whole_lines_and_started_again_as_often_as_they_end():
    children = Children()
    child = children.start("echo", [sys.executable, "-S", "-c", "print('first'); print('second')"])
    for _ in range(4):
        assert lines_until_end(children, child) == [b"first", b"second"]
        assert child.process.wait(60.0) == 0
        child.note_end(0.0)
        assert child.is_due(10.0)
        children.restart(child)
        assert not child.down
    child.kill()
    assert child.served


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("'half'", [b"half"]),
        ("'a' * 200_000 + '\\nnext\\n'", [b"a" * MOST_LINE_BYTES, b"next"]),
        ("'\\n\\nlast'", [b"", b"", b"last"]),
    ],
    ids=["half a line", "a line without end", "empty lines"],
)
def test_lines_are_bounded_and_half_a_line_at_the_end_counts(written, lines):
    children = Children()
    program = f"import sys; sys.stdout.write({written}); sys.stdout.flush()"
    child = children.start("odd", [sys.executable, "-S", "-c", program])
    assert lines_until_end(children, child) == lines
    child.process.wait(60.0)


def test_half_a_line_blocks_nobody_while_its_child_lives_or_a_descendant_keeps_the_pipe():
    children = Children()
    program = "import os, time; os.write(1, b'half'); os.fork() or time.sleep(99); os.write(1, b' more'); os._exit(0)"
    child = children.start("mute", [sys.executable, "-S", "-c", program])
    other = children.start("talker", [sys.executable, "-S", "-c", "print('heard')"])
    heard = []
    while b"heard" not in heard:
        heard.extend(children.lines())
    assert child.process.wait(60.0) == 0
    children.stop_reading(child)
    assert heard + child.lines.read_all() == [b"heard", b"half more"]
    other.process.wait(60.0)
    os.killpg(child.process.pid, 9)
