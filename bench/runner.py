"""Start the child processes, gather what they measured, write the table and the file."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.cases import CASES, Case
from bench.environments import EnvironmentMissing, python_of
from bench.measures import Measure, Samples, as_table, summarise

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "var" / "bench.jsonl"
FOLDER = ROOT / "var" / "bench"
BASE = FOLDER / "jalons.sqlite3"
# A case takes seconds; one that hangs must end the command rather than the day.
CHILD_LIMIT_S = 300


class BenchError(Exception):
    """A measure could not be made. The message says which one, with what the process printed."""


def main(arguments: Sequence[str]) -> int:
    """Measure the named cases, or all. Return 0, or 1 when one could not run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--keep-base", action="store_true", help="use the base of the last run")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(CASES)}")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in CASES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose among {', '.join(CASES)}")
    names = [name for name in CASES if not options.names or name in options.names]
    try:
        if any(CASES[name].needs_base for name in with_references(names)):
            build_base(keep=options.keep_base)
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    measures, failures, missing = measure_all(names)
    what = {case.name: case.what for case in CASES.values()}
    for name in what:
        if CASES[name].reference in missing:
            what[name] += f" — not compared: {missing[CASES[name].reference]}"
    sys.stdout.write(as_table(measures, what) + "\n")
    RESULTS.write_text("".join(f"{measure.as_line()}\n" for measure in measures), encoding="utf-8")
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    return 1 if failures else 0


def with_references(names: Sequence[str]) -> list[str]:
    """Return the names and the cases that they are compared with."""
    wanted = {*names, *(CASES[name].reference for name in names if CASES[name].reference)}
    return [name for name in CASES if name in wanted]


def measure_all(names: Sequence[str]) -> tuple[list[Measure], list[BenchError], dict[str, str]]:
    """Measure the cases and their references; one that fails does not stop the others.

    Return also the cases whose package could not be installed, with the reason: they are no failure of ours.
    """
    samples: dict[str, Samples] = {}
    failures: list[BenchError] = []
    missing: dict[str, str] = {}
    for group in groups_of(names):
        sys.stderr.write(f"{' and '.join(case.name for case in group)}…\n")
        present = []
        for case in group:
            try:
                if case.environment:
                    python_of(case.environment)
                present.append(case)
            except EnvironmentMissing as error:
                missing[case.name] = str(error)
        try:
            samples |= measure_together(present)
        except BenchError as error:
            failures.append(error)
    measures = [
        summarise(name, samples[name], samples.get(CASES[name].reference), is_speedup=CASES[name].is_speedup)
        for name in with_references(names)
        if name in samples
    ]
    return measures, failures, missing


def groups_of(names: Sequence[str]) -> list[list[Case]]:
    """Put a reference and all that is compared with it together; every other case is alone."""
    groups: dict[str, list[Case]] = {}
    for name in with_references(names):
        groups.setdefault(CASES[name].reference or name, []).append(CASES[name])
    return list(groups.values())


def measure_together(group: Sequence[Case]) -> dict[str, Samples]:
    """Run the processes of the cases in turn: first of each, second of each…"""
    found: dict[str, Samples] = {}
    for rank in range(max((case.processes for case in group), default=0)):
        for case in group:
            if rank < case.processes:
                samples = run_child(case)
                found[case.name] = found[case.name] + samples if rank else samples
    return found


def run_child(case: Case) -> Samples:
    """Measure a case in a process of its own. Raises `BenchError` with the end of what it printed."""
    python = python_of(case.environment) if case.environment else sys.executable
    done = _run("-m", "bench.child", case.name, python=python)
    if done.returncode != 0:
        raise BenchError(f"{case.name} could not be measured:\n{done.stderr[-3000:]}")
    return Samples(**json.loads(done.stdout.splitlines()[-1]))


def build_base(*, keep: bool) -> None:
    """Build the base of the measures: the demonstration, made by the same command as `make demo`."""
    if keep and BASE.exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    sys.stderr.write("base of the demonstration…\n")
    done = _run("manage.py", "demo", "--no-serve")
    if done.returncode != 0:
        raise BenchError(f"The base could not be built:\n{done.stderr[-3000:]}")


def _run(*arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if key not in {"JALONS_ENV", "DJANGO_SETTINGS_MODULE"}
    } | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{BASE}",
        "JALONS_VAR": str(FOLDER),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "testserver",
        "LOG_LEVEL": "WARNING",
    }
    command = [python, *arguments]
    try:
        return subprocess.run(  # noqa: S603 (our own command)
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=CHILD_LIMIT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{' '.join(arguments)} did not end in {CHILD_LIMIT_S} s") from error
