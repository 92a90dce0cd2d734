"""What works in the background leaves the processor to the stage, in its own session and among sessions."""

import subprocess
import sys
from pathlib import Path

import pytest
from running_stage import ROOT

AUTOGROUP = Path("/proc/self/autogroup")
# The file is empty where this process belongs to a control group of its own: its session is then not weighed.
GROUPED = AUTOGROUP.exists() and AUTOGROUP.read_text().strip()
PROGRAM = """
import os
from pathlib import Path
from stage.run.realtime import work_in_background
work_in_background()
print(os.nice(0), Path("/proc/self/autogroup").read_text().split()[-1])
"""


@pytest.mark.skipif(not GROUPED, reason="this kernel does not group these processes by session")
@pytest.mark.parametrize("leads", [True, False])
def test_the_niceness_of_a_session_is_set_by_its_leader_alone(leads: bool) -> None:
    before = AUTOGROUP.read_text().split()[-1]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True, start_new_session=leads
    )
    assert done.stdout.split() == ["19", "5" if leads else before]
    assert AUTOGROUP.read_text().split()[-1] == before
