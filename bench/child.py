"""The process that measures one case: `python -m bench.child NAME`. Prints one line of JSON, last on its output."""

import gc
import importlib
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from time import perf_counter

import django

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


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asdict(run_case(sys.argv[1]))) + "\n")
