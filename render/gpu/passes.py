"""Shader passes: whole GLSL files joined by `#include "path"`, compiled, and drawn over a whole target."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import moderngl

SHADERS = Path(__file__).resolve().parents[2] / "shaders"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"[ \t]*(?://.*)?$')

Uniform = float | int | tuple[float, ...] | list[tuple[float, ...]]
"""A number, a vector or matrix (column-major), or an array of them."""
Textures = Mapping[str, moderngl.Texture | moderngl.TextureCube]


class Pass:
    """One fragment shader over a whole target, with its uniforms and textures known by name.

    `defines` choose a variant of it. Raises RuntimeError where `uniforms` and `textures` are not exactly those of the
    linked program, so that a misspelt name shows at load and not as a wrong picture.
    """

    def __init__(
        self,
        context: moderngl.Context,
        fragment: str,
        *,
        uniforms: tuple[str, ...] = (),
        textures: tuple[str, ...] = (),
        defines: Sequence[str] = (),
    ) -> None:
        self._program = _linked(context, fragment, defines)
        found = {name for name in self._program if isinstance(self._program[name], moderngl.Uniform)}
        if found != {*uniforms, *textures}:
            raise RuntimeError(f"shaders/{fragment}: has {sorted(found)}, expected {sorted({*uniforms, *textures})}")
        self._uniforms = {name: _uniform(self._program, name) for name in uniforms}
        self._units = {name: unit for unit, name in enumerate(textures)}
        for name, unit in self._units.items():
            _uniform(self._program, name).value = unit
        self._triangle = context.vertex_array(self._program, [])

    def draw(
        self,
        target: moderngl.Framebuffer,
        values: Mapping[str, Uniform],
        textures: Textures | None = None,
    ) -> None:
        """Covers `target`. Every uniform and texture is given each time, so that nothing remains of an earlier draw."""
        given = textures or {}
        for name, unit in self._units.items():
            given[name].use(unit)
        for name, uniform in self._uniforms.items():
            uniform.value = values[name]
        target.viewport = (0, 0, *target.size)  # others set the viewport of whatever is bound
        target.use()
        self._triangle.render(moderngl.TRIANGLES, vertices=3)


def _uniform(program: moderngl.Program, name: str) -> moderngl.Uniform:
    member = program[name]
    assert isinstance(member, moderngl.Uniform)
    return member


def _linked(context: moderngl.Context, fragment: str, defines: Sequence[str]) -> moderngl.Program:
    vertex_text, _ = expand("full_target.vert", _read_shader)
    fragment_text, names = expand(fragment, _read_shader, defines)
    try:
        return context.program(vertex_shader=vertex_text, fragment_shader=fragment_text)
    except moderngl.Error as error:
        files = ", ".join(f"{number}: {name}" for number, name in enumerate(names))
        raise RuntimeError(f"shaders/{fragment} does not compile on this driver (files {files}): {error}") from error


def _read_shader(name: str) -> str:
    return (SHADERS / name).read_text(encoding="utf-8")


def expand(name: str, read: Callable[[str], str], defines: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The text of shader `name` with every include replaced by its file once, and the names of the files in it.

    `read` gives the text of a file by its name; includes are named from the same root. `#line` directives make the
    driver's messages name a file by its index in the returned names (GLSL 4.10, section 3.3). A file that is included
    a second time adds nothing, so shared files may include what they need. `defines` are defined right after the first
    line, which must be the version.
    """
    names: list[str] = []
    lines = _expanded(name, read, names)
    if defines:
        lines[1:1] = [*(f"#define {word}" for word in defines), "#line 2 0"]
    return "\n".join(lines) + "\n", tuple(names)


def _expanded(name: str, read: Callable[[str], str], names: list[str]) -> list[str]:
    number = len(names)
    names.append(name)
    lines: list[str] = []
    for line_number, line in enumerate(read(name).splitlines(), start=1):
        include = _INCLUDE.match(line)
        if include is None:
            lines.append(line)
            continue
        if include[1] not in names:
            lines.append(f"#line 1 {len(names)}")
            lines.extend(_expanded(include[1], read, names))
        lines.append(f"#line {line_number + 1} {number}")
    return lines
