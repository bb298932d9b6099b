"""The measures of `make bench`: the format of the file, the list of cases, one case from end to end."""

import importlib
import json

import pytest

from bench import environments, runner
from bench.cases import CASES, Case
from bench.environments import EnvironmentMissing
from bench.measures import Measure, Samples, as_table, summarise

pytestmark = pytest.mark.one_database

KEYS = ["name", "n", "median_s", "peak_mb", "ratio"]


def test_line_holds_the_five_keys_in_order():
    line = Measure("dashboard", 25, 0.0123, 98.4).as_line()
    assert "\n" not in line
    assert json.loads(line) == {"name": "dashboard", "n": 25, "median_s": 0.0123, "peak_mb": 98.4, "ratio": None}
    assert list(json.loads(line)) == KEYS


def test_summary_takes_medians_and_the_largest_peak():
    ours = Samples([3.0, 1.0], 120.0) + Samples([2.0], 150.04)
    alone = Samples([1.0, 9.0, 1.6], 100.0)
    assert summarise("pdf", ours, alone) == Measure("pdf", n=3, median_s=2.0, peak_mb=150.0, ratio=1.25)


def test_speedup_is_how_many_times_faster():
    assert summarise("engine", Samples([0.5], 1.0), Samples([600.0], 1.0), is_speedup=True).ratio == 1200


def test_table_has_a_row_per_measure():
    table = as_table([Measure("a", 5, 0.0123, 98.4), Measure("long_name", 2, 1.5, 150.0, 1.25)], {"a": "first"})
    assert table.splitlines() == [
        "name       n  median   peak    ratio  what",
        "a          5  12.3 ms  98 MB          first",
        "long_name  2  1.50 s   150 MB  1.25",
    ]


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_case_names_a_function_and_a_known_reference(case: Case):
    module, function = case.target.split(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert case.reference in {"", *CASES}
    if case.reference:
        assert (case.runs, case.processes) == (CASES[case.reference].runs, CASES[case.reference].processes)


def test_one_case_from_end_to_end(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "bench.jsonl")
    assert runner.main(["tally_33_levers_30_voters"]) == 0
    (line,) = (tmp_path / "bench.jsonl").read_text().splitlines()
    result = json.loads(line)
    assert list(result) == KEYS
    assert (result["name"], result["n"], result["ratio"]) == ("tally_33_levers_30_voters", 30, None)
    assert 0 < result["median_s"] < 1
    assert 10 < result["peak_mb"] < 1000
    assert capsys.readouterr().out.splitlines()[1].startswith("tally_33_levers_30_voters  30")


def test_a_case_that_cannot_run_fails_the_command(tmp_path, monkeypatch, capsys):
    broken = Case("broken", "bench.calculations:nothing", "", runs=1)
    monkeypatch.setitem(CASES, "broken", broken)
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "bench.jsonl")
    assert runner.main(["broken"]) == 1
    assert "broken could not be measured" in capsys.readouterr().err


def test_an_unknown_name_stops_the_command():
    with pytest.raises(SystemExit):
        runner.main(["nothing"])


def test_a_package_that_cannot_be_installed_leaves_the_line_and_its_reason(tmp_path, monkeypatch, capsys):
    def refuse(name):
        raise EnvironmentMissing(f"{name} could not be installed: no network")

    monkeypatch.setattr(runner, "python_of", refuse)
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "bench.jsonl")
    assert runner.main(["engine_vs_boaviztapi"]) == 0
    (line,) = (tmp_path / "bench.jsonl").read_text().splitlines()
    assert (json.loads(line)["name"], json.loads(line)["ratio"]) == ("engine_vs_boaviztapi", None)
    assert "not compared: boaviztapi could not be installed: no network" in capsys.readouterr().out


def test_environment_that_pip_refuses_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setattr(environments, "HERE", tmp_path)
    (tmp_path / "thing.txt").write_text("./nothing-here\n")
    with pytest.raises(EnvironmentMissing, match="thing could not be installed"):
        environments.python_of("thing")
