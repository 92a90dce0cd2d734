"""In which forms passes have been drawn: a software renderer builds a pass once more for each form of its textures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import moderngl
import pytest

from render.gpu.passes import Pass

Form = tuple[object, ...]


def watch_forms(monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[Form]]:
    """Watches what passes are drawn with from now on. Gives what was new since it was asked last."""
    known: set[Form] = set()
    new: set[Form] = set()
    drawn = Pass._draw

    def watched(self, target, values, given, rectangles):
        form = (id(self), *(form_of(name, given[name]) for name in sorted(self._units)))
        new.update({form} - known)
        drawn(self, target, values, given, rectangles)

    def news() -> set[Form]:
        found = set(new)
        known.update(new)
        new.clear()
        return found

    monkeypatch.setattr(Pass, "_draw", watched)
    return news


def form_of(name: str, texture: moderngl.Texture | moderngl.TextureCube | Sequence[moderngl.Texture]) -> Form:
    """What Mesa's gallivm builds a look-up for: format, filter, and which sides are powers of two."""
    if isinstance(texture, Sequence):
        return (name, *(form_of(name, one) for one in texture))
    sides = tuple(side & (side - 1) == 0 for side in texture.size)
    return (name, type(texture), texture.components, texture.dtype, texture.filter, sides)
