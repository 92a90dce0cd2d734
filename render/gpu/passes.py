"""Shader passes: whole GLSL files joined by `#include "path"`, compiled, and drawn over a whole target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

import moderngl
import numpy as np
from numpy.typing import NDArray

SHADERS = Path(__file__).resolve().parents[2] / "shaders"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"[ \t]*(?://.*)?$', re.MULTILINE)

Uniform = float | int | Sequence[float] | Sequence[tuple[float, ...]]
"""A number, a vector or matrix (column-major), or an array of them."""
Textures = Mapping[str, moderngl.Texture | moderngl.TextureCube | Sequence[moderngl.Texture]]
"""Textures by the names of their samplers; a sequence for an array of samplers."""
Expanded = tuple[str, tuple[str, ...]]
"""A shader's text with that of all files that it includes, and the names of these, its own the first."""
_WHOLE = np.array([-1.0, -1.0, 3.0, 3.0], np.float32)
_FIRST_BYTES = 2048
ANY_LAYER = "worlds/layer.glsl"
"""Stands in shader files for the file of whatever kind of layer a pass draws."""
_HANDED = "common/handed.glsl"
"""A fragment shader with this file takes what is in it from the vertex shader."""
HANDED_ROWS = 31
"""Vectors of four that a shader may take from there at most: a veiled sky does."""
_LINE_END = "\n"
_UNIFORM = f"{_LINE_END}uniform "


class Pass:
    """One fragment shader over a whole target, with its uniforms and textures known by name.

    `defines` choose a variant of it, `layer` names the file that is included as "worlds/layer.glsl". Raises
    RuntimeError where the linked program has a uniform that is neither in `uniforms` nor in `textures`, or its text
    does not declare one of them, so that a misspelt name shows at load and not as a wrong picture.
    """

    def __init__(
        self,
        context: moderngl.Context,
        fragment: str,
        *,
        uniforms: tuple[str, ...] = (),
        textures: tuple[str, ...] = (),
        defines: Sequence[str] = (),
        layer: str = ANY_LAYER,
    ) -> None:
        (before, names_before), (text, names) = _texts(fragment, defines, layer, hands_on=hands_on(context))
        self._program = _linked(context, fragment, (before, text), names)
        found = {name for name in self._program if isinstance(self._program[name], moderngl.Uniform)}
        given = {*uniforms, *textures}
        if not (found <= given <= _declared((*names_before, *names))):
            expected = f"some of {sorted(given)}, all declared in it"
            raise RuntimeError(f"shaders/{fragment}: has {sorted(found)}, expected {expected}")
        self._uniforms = {name: _uniform(self._program, name) for name in uniforms if name in found}
        self._units = _set_units({name: _uniform(self._program, name) for name in textures if name in found})
        self._whole = self._array(context, context.buffer(_WHOLE.tobytes()))
        self._context = context
        self._parts: tuple[moderngl.Buffer, moderngl.VertexArray] | None = None
        self._written: dict[str, Uniform] = {}

    def draw(
        self,
        target: moderngl.Framebuffer,
        values: Mapping[str, Uniform],
        textures: Textures | None = None,
        rectangles: NDArray[np.float32] | None = None,
    ) -> None:
        """Covers `target`, or only these `rectangles` of it: left, top, right and bottom from -1 to 1, (n, 4).

        Every uniform and texture is given each time, so that nothing remains of an earlier draw. With textures that
        stand in for those of other forms too (`also_of`), it is drawn with each of these as well.
        """
        given = textures or {}
        self._draw(target, values, given, rectangles)
        for others in _other_forms(given):
            self._draw(target, values, others, rectangles)

    def _draw(
        self,
        target: moderngl.Framebuffer,
        values: Mapping[str, Uniform],
        given: Textures,
        rectangles: NDArray[np.float32] | None,
    ) -> None:
        for name, first in self._units.items():
            bound = given[name]
            for unit, texture in enumerate(bound if isinstance(bound, Sequence) else (bound,), start=first):
                texture.use(unit)
        written = self._written
        for name, uniform in self._uniforms.items():
            value = values[name]
            if written.get(name) != value:  # writing takes longer than comparing, and most stay from frame to frame
                uniform.value = value[0] if isinstance(value, list) and uniform.array_length == 1 else value
                written[name] = list(value) if isinstance(value, list) else value
        target.viewport = (0, 0, *target.size)  # others set the viewport of whatever is bound
        target.use()
        if rectangles is None:
            self._whole.render(moderngl.TRIANGLES, vertices=3)
        else:
            self._array_of(rectangles).render(moderngl.TRIANGLE_STRIP, vertices=4, instances=len(rectangles))

    def _array_of(self, rectangles: NDArray[np.float32]) -> moderngl.VertexArray:
        if self._parts is None or self._parts[0].size < rectangles.nbytes:
            buffer = self._context.buffer(reserve=max(_FIRST_BYTES, 2 * rectangles.nbytes), dynamic=True)
            self._parts = (buffer, self._array(self._context, buffer))
        self._parts[0].write(rectangles.tobytes())
        return self._parts[1]

    def _array(self, context: moderngl.Context, buffer: moderngl.Buffer) -> moderngl.VertexArray:
        return context.vertex_array(self._program, [(buffer, "4f/i", "rectangle")])


def linked_files(
    context: moderngl.Context, vertex: str, fragment: str, defines: Sequence[str] = ()
) -> moderngl.Program:
    """The program of two whole shader files, in the variant of `defines`, for what is not drawn over a whole target."""
    text, names = expand(fragment, _read_shader, defines)
    return _linked(context, fragment, (expand(vertex, _read_shader, defines)[0], text), names)


def vertex_before(names: Iterable[str], read: Callable[[str], str], defines: Sequence[str] = ()) -> str:
    """The vertex shader's text for a fragment shader with the files `names`, its own the first; `defines` choose both.

    One with the name of the fragment shader is for that alone.
    """
    return _before(tuple(names), read, defines)[0]


def _before(names: tuple[str, ...], read: Callable[[str], str], defines: Sequence[str]) -> Expanded:
    own = PurePosixPath(names[0]).with_suffix(".vert")
    if (SHADERS / own).exists():
        return expand(str(own), read, defines)
    if _HANDED not in names:
        return expand("full_target.vert", read, defines)
    return expand("handing_target.vert", read, (*defines, *_present(names)))


def hands_on(context: moderngl.Context) -> bool:
    """Whether the driver takes as much from a vertex to a fragment shader as `common/handed.glsl` may declare.

    OpenGL 4.1 promises no more than half of that.
    """
    return largest_varyings(context) >= HANDED_ROWS


def largest_varyings(context: moderngl.Context) -> int:
    """How many vectors of four a vertex shader can hand on with this driver: at least 15."""
    return int(context.info["GL_MAX_VARYING_VECTORS"])


def _texts(fragment: str, defines: Sequence[str], layer: str, *, hands_on: bool) -> tuple[Expanded, Expanded]:
    """A pass's vertex and fragment shader."""
    text, names = expand(fragment, _read_shader, defines, layer)
    if hands_on or _HANDED not in names:
        return _before(names, _read_shader, defines), (text, names)
    whole = expand(fragment, _read_shader, (*defines, *_present(names), "HANDED_HERE"), layer)
    return expand("full_target.vert", _read_shader, defines), whole


def _present(names: Iterable[str]) -> list[str]:
    """The definitions that tell `common/handed.glsl` which files a fragment shader has."""
    return [f"WITH_{_stem_of(name).upper()}" for name in names if name.endswith(".glsl")]


@cache
def _stem_of(name: str) -> str:
    return PurePosixPath(name).stem


def _uniform(program: moderngl.Program, name: str) -> moderngl.Uniform:
    member = program[name]
    assert isinstance(member, moderngl.Uniform)
    return member


def _set_units(samplers: Mapping[str, moderngl.Uniform]) -> dict[str, int]:
    """Gives each sampler, and each of an array of them, a texture unit; returns the first of each."""
    first, unit = {}, 0
    for name, sampler in samplers.items():
        first[name], count = unit, sampler.array_length
        sampler.value = unit if count == 1 else list(range(unit, unit + count))
        unit += count
    return first


def also_of(texture: moderngl.Texture, others: Sequence[moderngl.Texture]) -> None:
    """Has passes that are drawn with a stand-in be drawn with those of other forms too: a driver that draws in software
    builds a pass once more for each format of its textures, and for each way of reading them.
    """
    texture.extra = tuple(others)


def _other_forms(textures: Textures) -> Iterator[Textures]:
    """The same textures in their other forms, which only stand-ins have; all of one draw change together."""
    others: dict[str, tuple[moderngl.Texture, ...]] = {
        name: one.extra for name, one in textures.items() if isinstance(one, moderngl.Texture) and one.extra
    }
    for number in range(max(map(len, others.values()), default=0)):
        yield {**textures, **{name: forms[min(number, len(forms) - 1)] for name, forms in others.items()}}


def _declared(names: Iterable[str]) -> set[str]:
    """The names of all uniforms in shader files, also of those that the driver leaves out of the program."""
    return set().union(*(_declared_in(_read_shader(name)) for name in names))


@cache
def _declared_in(text: str) -> frozenset[str]:
    after = (rest.partition(";")[0] for rest in f"{_LINE_END}{text}".split(_UNIFORM)[1:])
    declared = ",".join(kind_and_names.split(maxsplit=1)[1] for kind_and_names in after)
    return frozenset(name.split("[")[0].strip() for name in declared.split(","))


def _linked(
    context: moderngl.Context, fragment: str, texts: tuple[str, str], names: tuple[str, ...]
) -> moderngl.Program:
    """The program of a vertex and a fragment shader's texts; `names` are the files of the second."""
    vertex, text = texts
    try:
        return context.program(vertex_shader=vertex, fragment_shader=text)
    except moderngl.Error as error:
        files = ", ".join(f"{number}: {name}" for number, name in enumerate(names))
        raise RuntimeError(f"shaders/{fragment} does not compile on this driver (files {files}): {error}") from error


def _read_shader(name: str) -> str:
    return _text_of(f"{SHADERS}/{name}")


@cache
def _text_of(path: str) -> str:
    """A shader file's text, read once: a start puts the same two hundred files together three thousand times."""
    return Path(path).read_text(encoding="utf-8")


def expand(name: str, read: Callable[[str], str], defines: Sequence[str] = (), layer: str = ANY_LAYER) -> Expanded:
    """The text of shader `name` with every include replaced by its file once, and the names of the files in it.

    `read` gives the text of a file by its name; includes are named from the same root. `#line` directives make the
    driver's messages name a file by its index in the returned names (GLSL 4.10, section 3.3). A file that is included
    a second time adds nothing, so shared files may include what they need, but never inside an `#ifdef`. `defines` are
    defined right after the first line, which must be the version. `layer` is the file that an include of
    "worlds/layer.glsl" stands for.
    """
    names: list[str] = []
    text = _expanded(name, read, names, layer)
    if defines:
        version, _, rest = text.partition("\n")
        text = "\n".join((version, *(f"#define {word}" for word in defines), "#line 2 0", rest))
    return text, tuple(names)


def _expanded(name: str, read: Callable[[str], str], names: list[str], layer: str) -> str:
    number, pieces = len(names), []
    names.append(name)
    parts, last = _parts_of(read(name))
    for before, include, line in parts:
        pieces.append(before)
        wanted = layer if include == ANY_LAYER else include
        if wanted not in names:
            pieces.append(f"#line 1 {len(names)}\n{_expanded(wanted, read, names, layer)}")
        pieces.append(f"#line {line} {number}")
    pieces.append(last)
    return "".join(pieces).removesuffix("\n") + "\n"


@cache
def _parts_of(text: str) -> tuple[tuple[tuple[str, str, int], ...], str]:
    """What is before each include of a text, what it includes, and the number of the line after it; and the rest."""
    parts, end = [], 0
    for include in _INCLUDE.finditer(text):
        before, end = text[end : include.start()], include.end()
        parts.append((before, include[1], text.count(_LINE_END, 0, end) + 2))
    return tuple(parts), text[end:]
