"""What works in the background leaves the processor to the stage, in its own session and among sessions."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from plates_core import SMALL, PlatesCore, film, plates_process
from running_stage import ROOT

AUTOGROUP = Path("/proc/self/autogroup")
READ = [sys.executable, "-c", f"print(open({str(AUTOGROUP)!r}).read())"]


def weighed(**session: bool) -> bool:
    """Whether a session's claim is weighed here: the file is empty in a control group and in a machine's first session."""
    return subprocess.run(READ, capture_output=True, text=True, check=False, **session).stdout.strip() != ""


OURS_WEIGHED = weighed()
NEW_WEIGHED = weighed(start_new_session=True)
PROGRAM = """
import os
from pathlib import Path
from stage.run.realtime import work_in_background
work_in_background()
print(os.nice(0), Path("/proc/self/autogroup").read_text().split()[-1])
"""


@pytest.mark.skipif(not (OURS_WEIGHED and NEW_WEIGHED), reason="this kernel does not weigh these processes by session")
@pytest.mark.parametrize("leads", [True, False])
def test_the_niceness_of_a_session_is_set_by_its_leader_alone(leads: bool) -> None:
    before = AUTOGROUP.read_text().split()[-1]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True, start_new_session=leads
    )
    assert done.stdout.split() == ["19", "5" if leads else before]
    assert AUTOGROUP.read_text().split()[-1] == before


WHILE_AND_AFTER = """
import os
from pathlib import Path
from stage.run.realtime import done_in_background
def claim():
    return os.getpriority(os.PRIO_PROCESS, 0), *Path("/proc/self/autogroup").read_text().split()[-1:]
print(*done_in_background(claim), *claim())
"""


def test_what_waits_for_its_turn_has_its_full_claim_once_it_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WHILE_AND_AFTER],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert done.stdout.split() == (["5", "5", "0", "0"] if NEW_WEIGHED else ["5", "0"])


POLICY = """
import os
from stage.run.realtime import work_in_background
work_in_background()
print(os.sched_getscheduler(0) == os.SCHED_BATCH, os.nice(0))
"""
COMING_AND_GOING = """
import sys
from tests.memory_limit import resident_bytes
from stage.run.realtime import return_large_memory
if sys.argv[1] == "returned":
    return_large_memory()
bytearray(31 << 20)
before = resident_bytes()
pictures, stay = [], []
for _ in range(3):
    pictures.append(bytearray(b"x") * (20 << 20))
    stay.append(bytearray(100_000))
del pictures
print(resident_bytes() - before < 5_000_000)
"""


def printed(program: str, *words: str) -> list[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="asks by the number of a system call")
def test_what_works_in_the_background_interrupts_nobody() -> None:
    assert printed(POLICY) == ["True", "19"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks glibc")
def test_memory_of_pictures_that_come_and_go_returns_to_the_system() -> None:
    assert printed(COMING_AND_GOING, "returned") == ["True"]
    assert printed(COMING_AND_GOING, "kept") == ["False"]


@pytest.mark.skipif(not NEW_WEIGHED, reason="this kernel does not weigh these processes by session")
def test_films_are_read_with_a_full_claim_among_sessions_unless_they_take_much_of_the_processors(tmp_path) -> None:
    light, heavy = (
        film(name, facts=msgspec.structs.replace(SMALL, decode_ms=ms)) for name, ms in (("a", 9), ("b", 4e3))
    )
    core = PlatesCore(tmp_path)

    def claim() -> str:
        return Path(f"/proc/{process.pid}/autogroup").read_text().split()[-1]

    with plates_process(tmp_path, leads=True) as process:
        core.want([light], {"a": [0]})
        assert core.until(lambda: claim() == "0" and core.has("a", [0]))
        core.want([light, heavy], {"a": [1], "b": [1]})
        assert core.until(lambda: claim() == "5")
        core.want([light], {"a": [2]})
        assert core.until(lambda: claim() == "0")
    core.close()


def test_a_film_that_is_sought_is_read_with_priority_and_what_is_read_ahead_in_the_background(tmp_path) -> None:
    core = PlatesCore(tmp_path)

    def tasks() -> list[int]:
        return [int(task.name) for task in Path(f"/proc/{process.pid}/task").iterdir() if int(task.name) != process.pid]

    def policies() -> set[int]:
        return {os.sched_getscheduler(number) for number in tasks()}

    def niceness() -> list[int]:
        return sorted(os.getpriority(os.PRIO_PROCESS, number) for number in tasks())

    with plates_process(tmp_path, 64.0, "--realtime") as process:
        core.want([film("a", "slow=0.02")], {"a": [0]})
        assert core.until(lambda: core.has("a", [0]))
        if os.sched_getscheduler(process.pid) != os.SCHED_RR:
            pytest.skip("this system grants no real-time priority")
        before = niceness()
        assert os.SCHED_RR not in policies()
        core.receiving.films["a"].blame.begin("seek", 0.0)
        core.want([film("a", "slow=0.02")], {"a": list(range(50, 60))})
        assert core.until(lambda: policies() == {os.SCHED_RR}, reads=False)
        assert core.until(lambda: policies() == {os.SCHED_BATCH}, reads=False)  # though it is sought all the time
        assert niceness() == before
    core.close()
