"""Fuzz targets, run by hand: `python -m tests.fuzz.tables` (needs atheris, which the suite does not)."""
