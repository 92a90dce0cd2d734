"""`python -m stage` is `stage`. Signals are looked after before anything else is imported: that takes a moment."""

import sys

from stage.early_end import end_well_when_told

end_well_when_told(sys.argv[1:])

from stage.cli import main  # noqa: E402

main()
