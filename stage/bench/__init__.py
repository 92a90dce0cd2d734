"""Benchmarks, one file each; every figure in `docs/benchmarks.md` is printed by one of them."""
