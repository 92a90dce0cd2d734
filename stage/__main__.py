"""`python -m stage` is `stage`."""

from stage.cli import main

main()
