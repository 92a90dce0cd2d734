"""Benchmarks, one file for each command of `stage bench`; they print every figure in `docs/benchmarks.md`."""
