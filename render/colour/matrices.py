"""3x3 matrices as rows of floats, for column vectors. Pure."""

from __future__ import annotations

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """The matrix that applies `b` first, then `a`."""
    columns = tuple(zip(*b, strict=True))
    return _rows([[row[0] * c[0] + row[1] * c[1] + row[2] * c[2] for c in columns] for row in a])


def apply(matrix: Matrix, vector: Row) -> Row:
    """The product of `matrix` and the column `vector`."""
    x, y, z = vector
    a, b, c = (row[0] * x + row[1] * y + row[2] * z for row in matrix)
    return (a, b, c)


def scaled(matrix: Matrix, factor: float) -> Matrix:
    """`matrix` with every element times `factor`."""
    return _rows([[element * factor for element in row] for row in matrix])


def common_factor(*matrices: Matrix) -> float | None:
    """The number above 0 by which each of them multiplies everything, if they all do nothing else."""
    factor = matrices[0][0][0]
    only = scaled(IDENTITY, factor)
    return factor if factor > 0.0 and all(matrix == only for matrix in matrices) else None


def inverse(matrix: Matrix) -> Matrix:
    """The inverse. Raises ValueError for a matrix that has none."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    if not abs(determinant) > 1e-12:
        raise ValueError("the matrix has no inverse")
    adjugate: Matrix = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return scaled(adjugate, 1.0 / determinant)


def column_major(matrix: Matrix) -> tuple[float, ...]:
    """The nine numbers in the order of a GLSL mat3."""
    return tuple(row[column] for column in range(3) for row in matrix)


def _rows(rows: list[list[float]]) -> Matrix:
    a, b, c = ((row[0], row[1], row[2]) for row in rows)
    return (a, b, c)
