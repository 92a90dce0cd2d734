"""The rooms of the house and the arrows between them: `python -m tests.rooms [CHECKOUT]`.

A room is a folder with the modules that lie loose in it; an arrow is one room that imports from another. Exits with 1
where two rooms import each other or several do in a circle.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tracking", "calibration", "render", "stage")


def modules_of(root):
    """Module name to file, packages under their own name."""
    files = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


def imports_of(path, known):
    """The project's modules that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in inner]
        else:
            continue
        yield from (name for name in names if name in known)


def arrows_of(root):
    """Which room imports from which: {(importer, imported): number of imports}."""
    known = modules_of(root)
    packages = {name for name, path in known.items() if path.name == "__init__.py"}
    arrows = defaultdict(int)
    for name, path in known.items():
        for imported in imports_of(path, known):
            importer, target = room_of(name, packages), room_of(imported, packages)
            if importer != target and imported not in PACKAGES:
                arrows[importer, target] += 1
    return dict(arrows)


def room_of(module, packages):
    return module if module in packages else module.rpartition(".")[0]


def reachable(arrows):
    """Room to all rooms that it imports, straight or through others."""
    straight = defaultdict(set)
    for importer, imported in arrows:
        straight[importer].add(imported)
    reached = {}
    for room in {room for pair in arrows for room in pair}:
        found, waiting = set(), [room]
        while waiting:
            new = straight[waiting.pop()] - found
            found |= new
            waiting.extend(new)
        reached[room] = found
    return reached


def circles(arrows):
    """Groups of rooms that import each other, straight or in a circle; there should be none."""
    reached = reachable(arrows)
    groups = {frozenset(other for other in reached[room] if room in reached[other]) for room in reached}
    return sorted(sorted(group) for group in groups if group)


def main(root):
    arrows = arrows_of(root)
    reached = reachable(arrows)
    for room in sorted(reached, key=lambda room: (-len(reached[room]), room)):
        below = sorted(imported for importer, imported in arrows if importer == room)
        print(f"{room}: {', '.join(below) or '-'}")
    pairs = sorted(f"{a} and {b}" for a, b in arrows if a < b and (b, a) in arrows)
    print(f"{len(reached)} rooms, {len(arrows)} arrows, {len(pairs)} pairs that import each other")
    for pair in pairs:
        print(f"import each other: {pair}")
    found = circles(arrows)
    for group in found:
        print(f"circle: {', '.join(group)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
