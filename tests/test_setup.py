"""The set-up, its documents and its locks say the same thing."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _settings_variables() -> set[str]:
    text = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))


def _pins(lock_name: str) -> dict[str, set[str]]:
    """Return the versions that a lock holds for each package: several when they depend on the Python."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock_name).read_text(encoding="utf-8"), re.M):
        pins.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return pins


def _requirements(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


@pytest.mark.parametrize("document", ["README.md", "docs/deploiement.md"])
def test_documents_list_each_variable_of_the_settings(document):
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (ROOT / document).read_text(encoding="utf-8"), re.M)
    listed = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    assert listed == _settings_variables()


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_each_requirement_is_locked_and_says_why(name):
    pins = _pins(name.replace(".in", ".txt"))
    for line in _requirements(name):
        requirement, _, reason = line.partition("#")
        package = re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
        assert package in pins, f"{package} is not locked: make lock"
        assert reason.strip(), f"{package} gives no reason"


def test_both_locks_hold_the_same_versions():
    run, development = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert {name: development.get(name) for name in run} == run


def test_make_help_names_each_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
    helped = set(re.findall(r'@echo "make ([\w-]+)', makefile))
    assert helped == phony - {"help", "setup"}


@pytest.mark.parametrize(
    ("command", "status", "sentence"),
    [
        (["bin/setup", "--nonsense"], 2, "Option inconnue\u00a0: --nonsense"),
        (["bin/with-postgres"], 2, "Dites quelle commande lancer"),
    ],
)
def test_commands_refuse_what_they_do_not_know(command, status, sentence):
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PG_BIN": "/usr/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, sentence in done.stderr) == (status, True), done.stderr


def test_setup_refuses_a_python_that_does_not_fit(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHON": str(old), "VENV": str(tmp_path / "venv")}
    done = subprocess.run(["bin/setup"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"PYTHON={old} ne convient pas\u00a0: il faut CPython 3.11 ou plus récent")
    assert not (tmp_path / "venv").exists()
