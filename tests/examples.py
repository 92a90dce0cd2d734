"""How many examples a law tries: few while somebody works, more in every run of the tests, all of them by hand.

    pytest --hypothesis-profile=thorough

The `conftest` files give the profiles their names.
"""

from hypothesis import settings

QUICK, USUAL, THOROUGH = 25, 50, 100
"""How many examples of a law that says nothing of it are tried."""


def costly(full: int, quick: int) -> settings:
    """Of a law that steps many frames: half of `full` in every run, all of them where they are asked for."""
    return _examples(quick, -(-full // 2), full)


def hostile(full: int = 100, quick: int = 25) -> settings:
    """Of a law about input that means harm: all in every run."""
    return _examples(quick, full, full)


def _examples(quick: int, usual: int, full: int) -> settings:
    wanted = settings().max_examples
    return settings(max_examples=quick if wanted < USUAL else usual if wanted == USUAL else full, deadline=None)
