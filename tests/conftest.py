"""One OpenGL context for all tests that draw in this process; an OpenGL error left behind fails the test, and so does a
claim on the processors that was given away."""

import gc
import os
from collections.abc import Iterator

import moderngl
import pytest
from hypothesis import settings

from render.gpu.context import check_errors, create_headless_context
from tests.examples import THOROUGH, USUAL

# How long an example takes is the machine's matter.
settings.register_profile("any machine", max_examples=USUAL, deadline=None)
settings.register_profile("thorough", max_examples=THOROUGH, deadline=None)
settings.load_profile("any machine")


def claim() -> tuple[int, int]:
    """The niceness and the scheduling policy of the main thread."""
    return os.getpriority(os.PRIO_PROCESS, os.getpid()), os.sched_getscheduler(os.getpid())


def pytest_collection_finish() -> None:
    """Collected tests and their modules stay to the end, and would make each collection of garbage slow."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def full_claim() -> Iterator[None]:
    """All later tests, and the stages that they start, would run with what a test leaves of it."""
    before = claim()
    yield
    assert claim() == before


@pytest.fixture(scope="session")
def session_context() -> Iterator[moderngl.Context]:
    context = create_headless_context()
    context.gc_mode = "context_gc"
    yield context
    context.release()


@pytest.fixture
def context(session_context: moderngl.Context) -> Iterator[moderngl.Context]:
    """Made current for each test: other tests may have made contexts of their own."""
    with session_context:
        free_forgotten(session_context)
        yield session_context
        check_errors(session_context, "testing")


def free_forgotten(context: moderngl.Context) -> None:
    """Frees what tests have made in a context, which must be current, and have forgotten.

    The whole run would keep it otherwise. A renderer and its parts refer to each other, so only a collection finds them.
    Moderngl's own `gc` stumbles over what was freed already.
    """
    gc.collect()
    while context.objects:
        forgotten = context.objects.popleft()
        if not isinstance(forgotten, moderngl.InvalidObject):
            forgotten.release()
