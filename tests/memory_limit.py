"""Memory of the process that tests: how much it has, and a limit for a while."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def resident_bytes() -> int:
    return _pages(1) * resource.getpagesize()


@contextmanager
def memory_left(mib: int) -> Iterator[None]:
    """The process may have so much more memory, and no more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_pages(0) * resource.getpagesize() + (mib << 20), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _pages(column: int) -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[column])
