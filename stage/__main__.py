"""`python -m stage` is `stage`. Signals are caught before anything else is imported, since that takes a moment."""

import sys

from stage.run.terminal import leave_on_signals

leave_on_signals(sys.argv[1:])

from stage.cli import main  # noqa: E402

main()
