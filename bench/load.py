"""`python -m bench.load [--voters N] [--seconds S] [--peak R]`: votes that arrive at once, on a real server.

One instance as in `docs/deploiement.md` (gunicorn, two workers) on loopback, with the base that `DATABASE_URL` names: a
PostgreSQL that `bin/with-postgres` makes for the run. Votes arrive by a clock, whether the site has answered the others
or not: a wait that grows is seen, where clients that wait for one another would hide it. Writes `var/load.jsonl`.
"""

import argparse
import http.client
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "var" / "load.jsonl"
GRADES = "EPICN"
TIMEOUT_S = 30
THREADS = 64


@dataclass(frozen=True)
class Arrival:
    """A vote to send `at` seconds after the start. `rank`: 0 for the first lever of this voter, and so on."""

    at: float
    voter: int
    rank: int


@dataclass
class Record:
    """What was sent and how it was answered. Times in milliseconds, from the moment when the vote was due."""

    times_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    last: dict[tuple[int, int], str] = field(default_factory=dict)
    versions: dict[tuple[int, int], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def arrivals(voters: int, seconds: float, peak: float, draw: random.Random) -> list[Arrival]:
    """Return votes whose rate rises to the peak, stays there, and falls: a mail that everybody opens.

    The plateau lasts as long as makes five votes for each voter: four levers, then a change of mind about the first.
    Raises `ValueError` when the time is too short, or too long, for that many votes at that peak.
    """
    total = 5 * voters
    plateau = 2 * total / peak - seconds
    if not 0 <= plateau <= seconds:
        raise ValueError(f"{total} votes do not make a peak of {peak:g} a second over {seconds:g} s")
    ramp = (seconds - plateau) / 2
    order = draw.sample(range(voters), voters)
    return [
        Arrival(_moment(number + 0.5, ramp, plateau, seconds, peak), order[number % voters], number // voters)
        for number in range(total)
    ]


def _moment(count: float, ramp: float, plateau: float, seconds: float, peak: float) -> float:
    """Return the second at which this number of votes has arrived: the area under a trapezium."""
    rising = peak * ramp / 2
    if count <= rising:
        return float((2 * ramp * count / peak) ** 0.5)
    if count <= rising + peak * plateau:
        return ramp + (count - rising) / peak
    left = max(0.0, 2 * rising + peak * plateau - count)
    return float(seconds - (2 * ramp * left / peak) ** 0.5)


def send(port: int, plan: dict[str, Any], arrival: Arrival, due: float, grade: str, record: Record) -> None:
    """Send one vote as the page does while somebody types, and note the answer."""
    voter = plan["voters"][arrival.voter]
    lever = plan["levers"][arrival.rank % 4]
    token = secrets.token_hex(16)
    key = (voter["pk"], lever)
    fields = {"csrfmiddlewaretoken": token, "choice": grade, "reason": "", "version": record.versions.get(key, "0")}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={voter['session']}; csrftoken={token}",
        "X-Autosave": "1",
    }
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        address = f"/participation/{voter['pk']}/votes/{plan['ballot']}/{lever}/"
        connection.request("POST", address, urllib.parse.urlencode(fields), headers)
        response = connection.getresponse()
        response.read()
        version, status = response.headers.get("X-Version", ""), str(response.status)
        connection.close()
    except OSError as error:
        version, status = "", type(error).__name__
    with record.lock:
        record.times_ms.append((time.perf_counter() - due) * 1000)
        record.last[key] = grade
        if status == "204":
            record.versions[key] = version
        else:
            record.refused.append(status)


def run(port: int, plan: dict[str, Any], votes: Sequence[Arrival], draw: random.Random) -> tuple[Record, float]:
    """Send every vote at its time; return the record and the seconds from the first to the last answer."""
    record = Record()
    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for vote in votes:
            time.sleep(max(0.0, start + vote.at - time.perf_counter()))
            pool.submit(send, port, plan, vote, start + vote.at, draw.choice(GRADES), record)
    return record, time.perf_counter() - start


@contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    """Serve the site on a free port of loopback, as the guide of deployment says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--timeout", "120"]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)  # noqa: S603
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        _warm_up(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _warm_up(port: int) -> None:
    """Let both workers load the site, as one that has been open since the morning."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: _read(port), range(32)))


def _read(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    connection.request("GET", "/methode-et-sources/")
    return connection.getresponse().status


def main(arguments: Sequence[str]) -> int:
    """Run the load. Return 0, or 1 when a vote was lost, held twice or refused, or when the base is not PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--voters", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--peak", type=float, default=60)
    options = parser.parse_args(arguments)
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.stderr.write("make load runs on PostgreSQL: bin/with-postgres makes one for the run.\n")
        return 1
    draw = random.Random(1)  # noqa: S311 (made-up votes)
    votes = arrivals(options.voters, options.seconds, options.peak, draw)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "JALONS_VAR": folder, "DEBUG": "false", "LOG_LEVEL": "WARNING"}
        _manage(environment, ["manage.py", "migrate", "-v0"])
        plan = json.loads(_manage(environment, ["-m", "bench.load_site", "prepare", str(options.voters)]))
        with server(environment) as port:
            record, seconds = run(port, plan, votes, draw)
        values = {letter: 5 - rank for rank, letter in enumerate(GRADES)}
        sent = [(voter, lever, values[grade]) for (voter, lever), grade in record.last.items()]
        checked = json.loads(_manage(environment, ["-m", "bench.load_site", "check"], stdin=json.dumps(sent)))
    return _report(record, seconds, checked)


def _report(record: Record, seconds: float, checked: dict[str, int]) -> int:
    cuts = quantiles(record.times_ms, n=100)
    line = {
        "name": "vote",
        "requests": len(record.times_ms),
        "lost": checked["lost"],
        "double": checked["double"],
        "refused": len(record.refused),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "rps": round(len(record.times_ms) / seconds, 1),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(line) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(line) + "\n")
    if record.refused:
        sys.stderr.write(f"refused: {', '.join(sorted(set(record.refused)))}\n")
    return int(bool(line["lost"] or line["double"] or line["refused"]))


def _manage(environment: dict[str, str], arguments: list[str], stdin: str = "") -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout.splitlines()[-1] if done.stdout else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
