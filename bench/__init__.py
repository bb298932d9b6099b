"""Measures of time and memory, run by `make bench`. What each one measures: `docs/performance.md`."""
