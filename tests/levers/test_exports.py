"""Files of the results: what they hold, and what they never hold, for every rule of names, reader and format."""

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from levers.enums import Grade, NamesVisibility, Verdict
from levers.models import Ballot, Decision
from levers.papers import new_secret
from levers.services import cast_vote
from levers.views.results import EXPORTS
from tests.factories import make_participant
from tests.factories_levers import ballot_levers, fill_ballot, make_ballot, make_vote
from tests.levers.result_readers import CROWDED, READERS, client_of, closed_ballot, lone_services, sees_names

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def url(ballot: Ballot, slug: str) -> str:
    return reverse("levers:ballot_export", args=[ballot.initiative.authority.slug, ballot.pk, slug])


def cells_of(content: bytes, slug: str) -> dict[str, list[list[object]]]:
    """Return title of the sheet → its rows, whatever the format."""
    if slug == "xlsx":
        book = load_workbook(io.BytesIO(content))
        return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
    if slug == "ods":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 - our own file
        return {
            sheet.get(f"{TABLE}name"): [
                ["".join(cell.itertext()) or cell.get(f"{OFFICE}value", "") for cell in row.iter(f"{TABLE}table-cell")]
                for row in sheet.iter(f"{TABLE}table-row")
            ]
            for sheet in root.iter(f"{TABLE}table")
        }
    return {slug: list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))}


def whole(content: bytes, slug: str) -> str:
    return "\n".join(str(cell) for rows in cells_of(content, slug).values() for row in rows for cell in row)


# What they hold -------------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(initiative, referent):
    """Two levers counted by hand, one decision, a quorum."""
    now = timezone.now()
    voters = [
        make_participant(initiative, service=name, name=f"Personne {name}") for name in ("eau", "rh", "eau", "rh")
    ]
    ballot = make_ballot(
        initiative,
        voters=voters,
        levers=2,
        quorum=4,
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )
    fill_ballot(ballot, {"LEV-01": "EPN-", "LEV-02": "PPP "})
    first = ballot_levers(ballot)[0]
    ballot.votes.filter(lever=first, grade=Grade.UNSUITABLE).update(reason="=1+1")
    Decision.objects.create(
        initiative=initiative, lever=first, ballot=ballot, verdict=Verdict.POSTPONED, reason="Plus tard",
        decided_by=referent, decided_at=now,
    )  # fmt: skip
    return ballot


def test_workbook_holds_every_figure(counted, referent_client):
    response = referent_client.get(url(counted, "xlsx"))

    sheets = cells_of(response.content, "xlsx")
    assert response["Content-Disposition"] == 'attachment; filename="pays-dexemple-scrutin-1-resultats.xlsx"'
    assert list(sheets) == ["Leviers", "Par service", "Raisons", "Règles"]
    assert sheets["Leviers"][1:] == [
        ["Rang", "Code", "Levier", "Thème", "Pile", "Essentiel", "Prioritaire", "Intéressant", "Trop complexe",
         "Inapproprié", "Abstentions", "Voix exprimées", "Mention médiane", "Au-dessus, %", "Au-dessous, %",
         "Désaccord, sur 100", "Décision", "Raison de la décision"],
        [1, "LEV-02", "Levier LEV-02", "Thème 1", "Consensus favorable", 0, 3, 0, 0, 0, 0, 3, "prioritaire", 0, 0, 0,
         None, None],
        # E P N: two thirds are favourable; 1/3 above, 1/3 below; mean 10/3, variance 26/9, over 4: 72
        [2, "LEV-01", "Levier LEV-01", "Thème 1", "Consensus favorable", 1, 1, 0, 0, 1, 1, 3, "prioritaire", 33.3, 33.3,
         72, "reporté", "Plus tard"],
    ]  # fmt: skip
    assert sheets["Par service"][1:] == [
        ["Rang", "Code", "Levier", "Service", "Voix", "Mention médiane", "Essentiel", "Prioritaire", "Intéressant",
         "Trop complexe", "Inapproprié"],
        [1, "LEV-02", "Levier LEV-02", "eau", 2, "prioritaire", 0, 2, 0, 0, 0],
        [1, "LEV-02", "Levier LEV-02", "rh", 1, "prioritaire", 0, 1, 0, 0, 0],
        [2, "LEV-01", "Levier LEV-01", "eau", 2, "inapproprié", 1, 0, 0, 0, 1],
        [2, "LEV-01", "Levier LEV-01", "rh", 1, "prioritaire", 0, 1, 0, 0, 0],
    ]  # fmt: skip
    assert sheets["Raisons"] == [
        ["Rang", "Code", "Levier", "Mention", "Raison", "Qui"],
        [2, "LEV-01", "Levier LEV-01", "inapproprié", "=1+1", "Personne eau, eau"],
    ]
    rules = dict(sheets["Règles"][1:])
    assert (rules["Votants"], rules["Ont voté"], rules["Quorum"]) == ("4", "4", "4 votants, atteint")
    assert rules["Noms"] == "les noms seront visibles de toutes les personnes qui lisent les résultats"


@pytest.mark.parametrize("names", [NamesVisibility.EVERYONE, NamesVisibility.NOBODY, NamesVisibility.DETACHED])
def test_paper_ballots_are_told_in_the_results_and_in_the_files(
    authority, initiative, referent, referent_client, names
):
    now = timezone.now()
    voters = [make_participant(initiative, service="eau", name=f"Personne {rank}") for rank in range(6)]
    ballot = make_ballot(
        initiative, voters=voters, levers=1, names=names, opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=1),
    )  # fmt: skip
    lever = ballot_levers(ballot)[0]
    for rank, voter in enumerate(voters):
        cast_vote(
            ballot=ballot, participant=voter, lever=lever, grade=Grade.PRIORITY, reason=f"Raison {rank}",
            entered_by=referent if rank < 2 else None, secret=new_secret(), now=now,
        )  # fmt: skip
    Ballot.objects.update(closes_at=timezone.now())

    page = referent_client.get(reverse("levers:ballot_results", args=[authority.slug, ballot.pk])).content.decode()
    assert "6 votants sur 6 · dont 2 bulletins papier" in page
    sheets = cells_of(referent_client.get(url(ballot, "xlsx")).content, "xlsx")
    assert dict(sheets["Règles"][1:])["Bulletins papier"] == "2, saisis par le référent"
    # Whose they are is said only where the names are.
    marked = [row[4] for row in sheets["Raisons"] if str(row[-1]).endswith(", eau (bulletin papier)")]
    assert sorted(marked) == (["Raison 0", "Raison 1"] if names == NamesVisibility.EVERYONE else [])


@pytest.mark.parametrize("slug", [slug for slug in EXPORTS if slug.endswith("csv")])
def test_csv_says_what_the_sheet_says(counted, referent_client, slug):
    sheet = {"leviers-csv": "Leviers", "services-csv": "Par service", "raisons-csv": "Raisons", "regles-csv": "Règles"}
    book = cells_of(referent_client.get(url(counted, "xlsx")).content, "xlsx")[sheet[slug]]

    rows = cells_of(referent_client.get(url(counted, slug)).content, slug)[slug]

    written = [["" if cell is None else str(cell).replace("33.3", "33,3") for cell in row] for row in book]
    # Above the headers of a sheet stand its lines of introduction; the hour of the file is its own.
    neutral = [[cell.removeprefix("'") for cell in row] for row in rows if row[0] != "Tiré le"]
    assert neutral == [row for row in written[len(written) - len(rows) :] if row[0] != "Tiré le"]


def test_formulas_are_neutralised_in_every_format(counted, referent_client):
    book = load_workbook(io.BytesIO(referent_client.get(url(counted, "xlsx")).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert not [cell for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(referent_client.get(url(counted, "ods")).content)) as archive:
        assert b"table:formula" not in archive.read("content.xml")
    assert b";'=1+1;" in referent_client.get(url(counted, "raisons-csv")).content


# Who may not have them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", EXPORTS)
def test_nothing_leaves_before_the_closing(initiative, referent_client, slug):
    now = timezone.now()
    ballot = make_ballot(initiative, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    fill_ballot(ballot, {"LEV-01": "EEE"})

    response = referent_client.get(url(ballot, slug))

    detail = reverse("levers:ballot_detail", args=[initiative.authority.slug, ballot.pk])
    assert (response.status_code, response["Location"]) == (302, detail)


def test_only_members_who_read_levers_and_known_files(authority, counted, outsider_client, referent_client):
    assert outsider_client.get(url(counted, "xlsx")).status_code == 404
    assert client_of(authority, "contributor").get(url(counted, "xlsx")).status_code == 403
    assert referent_client.get(url(counted, "pdf")).status_code == 404
    assert referent_client.post(url(counted, "xlsx")).status_code == 405


# What never leaks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("names", list(NamesVisibility))
def test_neither_a_name_nor_a_lone_service_leaks(authority, initiative, names, reader):
    ballot = closed_ballot(initiative, names=names, now=timezone.now())
    client = client_of(authority, reader)

    for slug in EXPORTS:
        text = whole(client.get(url(ballot, slug)).content, slug)
        lone = [service for service in lone_services(5) if service in text]
        if sees_names(names, reader):
            assert ("Nom secret" in text) is (slug in {"xlsx", "ods", "raisons-csv"}), slug
            assert (lone == lone_services(5)) is (slug in {"xlsx", "ods", "raisons-csv", "services-csv"}), slug
            continue
        assert "Nom secret" not in text and "participant" not in text and lone == [], slug
        holds_services = names != NamesVisibility.DETACHED and slug in {"xlsx", "ods", "services-csv"}
        assert (CROWDED in text) is holds_services, slug


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("names", list(NamesVisibility))
def test_file_with_names_that_others_do_not_see_says_so(authority, initiative, names, reader):
    ballot = closed_ballot(initiative, names=names, now=timezone.now())
    client = client_of(authority, reader)

    told = {slug for slug in EXPORTS if "ne le diffusez pas" in whole(client.get(url(ballot, slug)).content, slug)}

    is_reserved = names == NamesVisibility.REFERENT and reader == "referent"
    assert told == ({"xlsx", "ods", "regles-csv"} if is_reserved else set())
    table = reverse("levers:ballot_table", args=[authority.slug, ballot.pk])
    assert ("ne diffusez pas ces fichiers" in client.get(table).content.decode()) is is_reserved


@pytest.mark.parametrize(
    ("crowd", "lone", "groups"),
    [
        # five and five; six and one, which subtraction would give; two together that are one too few
        (5, 5, {CROWDED: "5", "Autres services": "5"}),
        (6, 1, {}),
        (5, 4, {}),
    ],
)
@pytest.mark.parametrize("names", [NamesVisibility.REFERENT, NamesVisibility.NOBODY])
def test_services_are_in_the_file_only_when_they_hide_one_another(
    initiative, elected_client, names, crowd, lone, groups
):
    ballot = closed_ballot(initiative, names=names, now=timezone.now(), crowd=crowd, lone=lone, levers=1)

    for slug in ("xlsx", "ods", "services-csv"):
        rows = cells_of(elected_client.get(url(ballot, slug)).content, slug)
        lines = rows.get("Par service") or rows[slug]
        header = next(rank for rank, row in enumerate(lines) if row[0] == "Rang")
        assert {row[3]: str(row[4]) for row in lines[header + 1 :]} == groups


def test_a_lever_with_too_few_voices_is_written_as_not_shown(initiative, elected_client):
    """Two services of five; on the second lever one person abstains."""
    ballot = closed_ballot(initiative, names=NamesVisibility.NOBODY, now=timezone.now())
    ballot.votes.filter(lever=ballot_levers(ballot)[1], participant__name="Nom secret 9").update(grade=None)

    rows = cells_of(elected_client.get(url(ballot, "services-csv")).content, "services-csv")["services-csv"]

    # The second lever ranks first: of its nine voices, five say essentiel.
    assert [row[3:] for row in rows[1:]] == [
        [CROWDED, "non montré", "", "", "", "", "", ""],
        ["Autres services", "non montré", "", "", "", "", "", ""],
        [CROWDED, "5", "essentiel", "5", "0", "0", "0", "0"],
        ["Autres services", "5", "inapproprié", "0", "0", "0", "0", "5"],
    ]


@pytest.mark.parametrize("slug", EXPORTS)
def test_four_detached_papers_are_in_no_file(initiative, referent_client, slug):
    ballot = closed_ballot(initiative, names=NamesVisibility.DETACHED, now=timezone.now(), crowd=0, lone=4)

    text = whole(referent_client.get(url(ballot, slug)).content, slug)

    assert "LEV-" not in text and "Trop lourd" not in text and "\ninapproprié" not in text
    assert ("Moins de cinq bulletins" in text) is (slug in {"xlsx", "ods", "regles-csv"})


@pytest.mark.parametrize("count", [1, 3])
def test_files_take_the_same_queries(authority, initiative, referent_client, django_assert_num_queries, count):
    now = timezone.now()
    ballot = make_ballot(
        initiative, levers=count, voters=count, opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    for lever in ballot_levers(ballot):
        for voter in ballot.voters.all():
            make_vote(ballot, voter, lever, Grade.PRIORITY, reason="Oui")

    with django_assert_num_queries(9):
        assert referent_client.get(url(ballot, "ods")).status_code == 200
