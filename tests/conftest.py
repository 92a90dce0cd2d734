"""One OpenGL context for all tests that draw in this process; an OpenGL error left behind fails the test."""

import gc
from collections.abc import Iterator

import moderngl
import pytest
from hypothesis import settings

from render.gpu.context import check_errors, create_headless_context

settings.register_profile("any machine", deadline=None)  # how long an example takes is the machine's matter
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def session_context() -> Iterator[moderngl.Context]:
    context = create_headless_context()
    context.gc_mode = "context_gc"
    gc.freeze()  # collected tests and modules stay anyway, and would make each collection slow
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
