"""Virtual environments of the packages that only a measure uses.

Each is made once under `var/`, and again when its list of packages changes.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "var" / "bench-environments"
INSTALL_LIMIT_S = 300


class EnvironmentMissing(Exception):
    """A package could not be installed. The message says which, with the end of what pip printed."""


def python_of(name: str) -> str:
    """Return the interpreter of an environment, made if needed. Raises `EnvironmentMissing`."""
    requirements, folder = HERE / f"{name}.txt", FOLDER / name
    interpreter, stamp = folder / "bin" / "python", folder / "installed.txt"
    wanted = requirements.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return str(interpreter)
    shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.write(f"environment of {name}…\n")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)],
    ):
        _run(name, command)
    stamp.write_text(wanted, encoding="utf-8")
    return str(interpreter)


def _run(name: str, command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_LIMIT_S)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentMissing(f"{name} could not be installed: {error}") from error
    if done.returncode != 0:
        raise EnvironmentMissing(f"{name} could not be installed: {done.stderr.strip()[-500:]}")
