#!/usr/bin/env python3
"""Make fixtures/territories.csv.gz from the npm package @etalab/decoupage-administratif.

Usage: bin/make_territories.py [folder of an unpacked package]. Without a folder, `npm pack` fetches the version below.
The same package gives the same bytes. Source and licence of the data: fixtures/README.md.
"""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@etalab/decoupage-administratif@6.0.0"
TARGET = Path(__file__).resolve().parent.parent / "fixtures" / "territories.csv.gz"
COLUMNS = ("code", "siren", "kind", "nature", "name", "department", "population", "population_total")
NATURES = {
    "CC": "communauté de communes",
    "CA": "communauté d’agglomération",
    "CU": "communauté urbaine",
    "METRO": "métropole",
    "MET69": "métropole de Lyon, collectivité à statut particulier",
}
ABBREVIATION = re.compile(r"^(CC|CA|CU) +")
ARTICLE = re.compile(r"^(du|des|de|d['’])(?![a-zà-ÿ])", re.IGNORECASE)


def fetch_package(folder: Path) -> Path:
    """Download the package with npm and return the folder of its data."""
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def full_name(raw_name: str, kind: str) -> str:
    """Write an EPCI's name as people do: « Thonon Agglomération », « Communauté de communes du Pays Foyen »."""
    name = ABBREVIATION.sub("", " ".join(raw_name.split()))
    nature = NATURES[kind]
    return f"{nature[0].upper()}{nature[1:]} {name}" if ARTICLE.match(name) and kind in ("CC", "CA", "CU") else name


def make_rows(data: Path) -> list[tuple[object, ...]]:
    """Return the rows of the list: communes in force, then EPCI, each in the order of its code."""
    communes = json.loads((data / "communes.json").read_text(encoding="utf-8"))
    groupings = json.loads((data / "epci.json").read_text(encoding="utf-8"))
    members = {member["code"]: member for grouping in groupings for member in grouping["membres"]}
    current = {commune["code"]: commune for commune in communes if commune["type"] == "commune-actuelle"}
    rows: list[tuple[object, ...]] = []
    for code, commune in sorted(current.items()):
        population = commune.get("population")
        # The total population comes from the DGCL list, one year older: under the municipal one it says nothing.
        total = members.get(code, {}).get("populationTotale")
        total = total if total is not None and population is not None and total >= population else None
        siren = commune.get("siren", "")
        rows.append((code, siren, "commune", "commune", commune["nom"], commune["departement"], population, total))
    for grouping in sorted(groupings, key=lambda grouping: grouping["code"]):
        seat = max(grouping["membres"], key=lambda member: (member["populationMunicipale"], member["code"]))
        kind, siren = grouping["type"], grouping["code"]
        name = full_name(grouping["nom"], kind)
        populations = (grouping["populationMunicipale"], grouping["populationTotale"])
        rows.append((siren, siren, "epci_fp", NATURES[kind], name, current[seat["code"]]["departement"], *populations))
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(sys.argv[1]) if len(sys.argv) > 1 else fetch_package(Path(folder))
        rows = make_rows(package / "data")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    TARGET.write_bytes(gzip.compress(buffer.getvalue().encode(), compresslevel=9, mtime=0))
    print(f"{TARGET}: {len(rows)} lines, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
