"""One OpenGL context for all drawing tests; an OpenGL error left behind fails the test."""

from collections.abc import Iterator

import moderngl
import pytest

from render.gpu.context import check_errors, create_headless_context


@pytest.fixture(scope="session")
def session_context() -> Iterator[moderngl.Context]:
    context = create_headless_context()
    yield context
    context.release()


@pytest.fixture
def context(session_context: moderngl.Context) -> Iterator[moderngl.Context]:
    """Made current for each test: other tests may have made contexts of their own."""
    with session_context:
        yield session_context
        check_errors(session_context, "testing")
