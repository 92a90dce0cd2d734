"""`#include` puts every file in once, whatever files include whatever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.gpu.passes import expand


def test_an_included_file_is_where_it_was_named():
    files = {"main": 'first\n#include "part"\nlast', "part": "middle"}
    text, names = expand("main", files.__getitem__)
    assert text == "first\n#line 1 1\nmiddle\n#line 3 0\nlast\n"
    assert names == ("main", "part")


def test_missing_file_raises_what_the_reader_raises():
    with pytest.raises(KeyError, match="absent"):
        expand("main", {"main": '#include "absent"'}.__getitem__)


graphs = st.integers(1, 6).flatmap(
    lambda count: st.lists(st.lists(st.integers(0, count - 1), max_size=5), min_size=count, max_size=count)
)


@given(graphs)
def test_every_reachable_file_appears_once_even_in_circles(graph):
    files = {
        str(number): "\n".join([*(f'#include "{other}"' for other in others), f"body {number}"])
        for number, others in enumerate(graph)
    }
    text, names = expand("0", files.__getitem__)
    assert sorted(re.findall(r"body (\d+)", text)) == sorted(names)
    assert len(set(names)) == len(names)
    reachable, waiting = set(), ["0"]
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting.extend(str(other) for other in graph[int(name)])
    assert set(names) == reachable


@given(graphs)
def test_line_directives_lead_back_to_the_file_and_line(graph):
    files = {
        str(number): "\n".join([*(f'#include "{other}"' for other in others), f"body {number}"])
        for number, others in enumerate(graph)
    }
    text, names = expand("0", files.__getitem__)
    line, source = 1, 0
    for row in text.splitlines():
        if directive := re.fullmatch(r"#line (\d+) (\d+)", row):
            line, source = int(directive[1]), int(directive[2])
            continue
        assert files[names[source]].splitlines()[line - 1] == row
        line += 1
