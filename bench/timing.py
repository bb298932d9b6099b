"""Prepare the action of a case and time it. It imports nothing of the site."""

import gc
import importlib
import resource
import sys
from collections.abc import Callable
from time import perf_counter

from bench.cases import CASES
from bench.measures import Samples


def peak_mb() -> float:
    """Return the largest memory that this process, or one of its children, ever held, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes elsewhere
    used = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(used) * unit / 1e6


def run_case(name: str) -> Samples:
    """Prepare the action of a case, run it once, then time it."""
    case = CASES[name]
    module_name, function_name = case.target.split(":")
    prepare: Callable[[], Callable[[], object]] = getattr(importlib.import_module(module_name), function_name)
    action = prepare()
    action()
    seconds = []
    for _ in range(case.runs):
        gc.collect()
        start = perf_counter()
        action()
        seconds.append(perf_counter() - start)
    return Samples(seconds, peak_mb())
