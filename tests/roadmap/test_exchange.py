"""Action sheets in a workbook: what goes out comes back unchanged, and what is edited is read line by line."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from authorities.models import Authority, Initiative
from common.errors import DomainError
from common.ods import build_ods
from common.spreadsheets.process import SheetContent, read_spreadsheet
from common.text import one_line
from roadmap.exchange import columns as words
from roadmap.exchange.columns import ROW_COLUMNS, SHEET_COLUMNS, SHOWN_FIELDS, digest, marks_of
from roadmap.exchange.names import exchange_names
from roadmap.exchange.reader import KnownSheet, read_exchange
from roadmap.exchange.workbook import build_exchange_file
from roadmap.models import ActionSheet
from roadmap.selectors.exchange import EXCHANGE_LIMITS, exchanged_sheets, read_received_exchange
from roadmap.services.sheets import EDITABLE_FIELDS, LINKS
from roadmap.sheet_rows import ROW_KINDS
from tests.factories import make_participant, make_service
from tests.factories_roadmap import NOW, make_full_sheet, make_objective, make_sheet

pytestmark = pytest.mark.django_db


def file_of(initiative: Initiative, extension: str = "xlsx") -> bytes:
    return build_exchange_file(initiative, exchanged_sheets(initiative), exchange_names(initiative), extension, now=NOW)


def contents_of(initiative: Initiative, extension: str = "xlsx") -> list[SheetContent]:
    return read_spreadsheet(file_of(initiative, extension), f"fiches.{extension}", limits=EXCHANGE_LIMITS)


def read(initiative: Initiative, contents: list[SheetContent]):
    known = {sheet.number: KnownSheet(sheet.pk) for sheet in ActionSheet.objects.for_initiative(initiative)}
    return read_exchange(contents, expected=marks_of(initiative), known=known, names=exchange_names(initiative))


def table_of(contents: list[SheetContent], title: str) -> SheetContent:
    return next(content for content in contents if content.name == title)


def type_in(contents: list[SheetContent], title: str, row: int, /, **cells) -> None:
    """Type in a sheet, by field; row 1 is the first under the headers."""
    sheet = table_of(contents, title)
    columns = SHEET_COLUMNS if title == "Fiches" else ROW_COLUMNS[
        next(kind for kind, name in words.ROW_SHEETS.items() if name == title)
    ]  # fmt: skip
    headers = {column.name: column.header for column in columns}
    headers |= {"number": "N°" if title == "Fiches" else "N° de fiche", "key": "Repère"}
    while len(sheet.rows) <= row:
        sheet.rows.append([""] * len(sheet.rows[0]))
    for name, value in cells.items():
        sheet.rows[row][sheet.rows[0].index(headers[name])] = value


def reasons_of(reading) -> list[tuple[str, int, str, str]]:
    return [(line.sheet, line.row, line.column, line.reason) for line in reading.refused]


@pytest.fixture
def full(roadmap):
    sheet = make_full_sheet(
        roadmap, title="Allonger la durée", is_quick_win=True, effort=2, human_days_by_half_year={"2026-S1": 12.0}
    )
    sheet.human_means.create(position=1, role="Chef de projet", days=Decimal(12))
    sheet.budget_lines.create(year=2026, investment_eur=Decimal("1250.50"), funding_source="État")
    sheet.associated_services.add(make_service("achats"))
    sheet.steps.create(position=2, text="Mesurer", due_on=date(2026, 9, 30))
    return sheet


# What is written ------------------------------------------------------------------------------------------------------
def test_the_workbook_holds_what_a_person_writes_and_nothing_of_what_the_site_decides():
    assert {column.name for column in SHEET_COLUMNS} == EDITABLE_FIELDS | LINKS | SHOWN_FIELDS
    assert {kind: [column.name for column in columns] for kind, columns in ROW_COLUMNS.items()} == {
        name: list(kind.columns) for name, kind in ROW_KINDS.items()
    }


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_each_sheet_says_what_the_pages_say(roadmap, full, extension):
    contents = contents_of(roadmap.initiative, extension)

    assert [content.name for content in contents] == [
        "Lisez-moi", "Fiches", "Étapes", "Indicateurs", "Rôles", "Budget", "Listes", "Repères",
    ]  # fmt: skip
    sheet = table_of(contents, "Fiches")
    line = dict(zip(sheet.rows[0], sheet.rows[1], strict=True))
    assert (line["N°"], line["Intitulé"], line["Gain rapide"], line["Effort"]) == (1, "Allonger la durée", "oui", 2)
    assert (line["Début"], line["Services associés"]) == ("1er semestre 2026", make_service("achats").name)
    assert [row[:7] for row in table_of(contents, "Étapes").rows[:3]] == [
        ["Repère", "N° de fiche", "Fiche", "Étape", "Qui", "Semestre", "Date précise"],
        ["1/1", "1", "Allonger la durée", "Commencer", "DSI", "1er semestre 2026", ""],
        ["1/2", "1", "Allonger la durée", "Mesurer", "", "", {"date": "2026-09-30"}],
    ]
    assert table_of(contents, "Budget").rows[1][3:6] == [2026, 1250.5, 0]


def test_choices_are_lists_and_what_is_not_typed_is_locked_or_hidden(roadmap, full):
    make_participant(roadmap.initiative, name="Anne Achats")
    workbook = load_workbook(io.BytesIO(file_of(roadmap.initiative)))
    sheet = workbook["Fiches"]
    headers = [cell.value for cell in sheet[1]]
    rules = {
        headers[range_boundaries(str(rule.sqref))[0] - 1]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }

    assert rules["État"] == "Listes!$A$2:$A$6"
    assert {"Périmètre", "Niveau d’engagement", "Service pilote", "Personne pilote", "Gain rapide"} <= set(rules)
    assert sheet.protection.sheet
    assert [cell.value for cell in sheet[1] if sheet.cell(2, cell.column).protection.locked] == ["N°", "Début", "Fin"]
    assert workbook["Étapes"].column_dimensions["A"].hidden
    assert workbook["Repères"].sheet_state == "hidden"
    assert [cell.value for cell in workbook["Listes"]["A"] if cell.value] == [
        "État", "à lancer", "en cours", "bloquée", "terminée", "abandonnée",
    ]  # fmt: skip


def test_the_ods_has_the_lists_as_well(roadmap, full):
    data = build_ods([], title="Vide", created_at=NOW)
    assert b"content-validation" not in data
    with zipfile.ZipFile(io.BytesIO(file_of(roadmap.initiative, "ods"))) as archive:
        content = archive.read("content.xml").decode()
    assert "of:cell-content-is-in-list([$Listes.$A$2:.$A$6])" in content


def test_the_same_queries_for_one_and_three_sheets(roadmap, django_assert_num_queries):
    make_full_sheet(roadmap)
    with django_assert_num_queries(13):
        file_of(roadmap.initiative)
    make_full_sheet(roadmap)
    make_full_sheet(roadmap)
    with django_assert_num_queries(13):
        file_of(roadmap.initiative)


# Out and back ---------------------------------------------------------------------------------------------------------
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(list("=+-@'\"\t\n\r ;:’«»é€ \u00a0\u202f\u200bשלאם\u202e")),
        st.sampled_from(["🌱", "👩\u200d💻", "_x000D_", "&amp;", "<b>", "=cmd|' /C calc'!A0"]),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=TEXTS, line=TEXTS)
@example(text="=1+1", line="'=1+1")
@example(text="🌱 ligne\nשלום عليكم\n\n  @x  y", line="+33 4 50 00 00 00")
@example(text="_x000D_ et _x0041_", line="-12,5 %")
@example(text="'", line="''apostrophes''")
@example(text="é" * 50_000, line="@SOMME(A1)")
def test_out_and_back_without_an_edit_changes_nothing(roadmap, extension, text, line):
    ActionSheet.objects.filter(roadmap=roadmap).delete()
    # What shows nothing at all is no title, and a workbook does not keep controls.
    title = one_line(line)[:200].strip() or "Une action"
    sheet = make_sheet(roadmap, title=title, context=text.replace("\x00", ""), risks=line.replace("\x00", ""))
    sheet.steps.create(position=1, text=title)
    data = file_of(roadmap.initiative, extension)

    reading = read_received_exchange(roadmap.initiative, SimpleUploadedFile(f"fiches.{extension}", data))

    assert (reading.entries, reading.refused, reading.untouched_count) == ([], [], 1)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_full_sheet_comes_back_unchanged(roadmap, full, extension):
    reading = read(roadmap.initiative, contents_of(roadmap.initiative, extension))
    assert (reading.entries, reading.refused, reading.untouched_count) == ([], [], 1)


# What is edited -------------------------------------------------------------------------------------------------------
def test_edited_cells_are_read_in_the_ways_people_write(roadmap, full):
    make_participant(roadmap.initiative, name="Anne Élise Achats")
    make_objective(roadmap, title="Sobriété des usages", kind="other")
    contents = contents_of(roadmap.initiative)
    type_in(
        contents, "Fiches", 1,
        status="EN COURS", lead_participant="anne elise achats", objectives="2; objectif 1", is_quick_win="Non",
        human_days_by_half_year="s2 2026 : 2,5\n1er semestre 2026: 4", effort="3",
        context="  Un constat\r\nsur deux lignes ",
        associated_services="", start_half="2e semestre 2027",
    )  # fmt: skip
    type_in(contents, "Étapes", 1, due_half={"date": "2027-08-15"}, progress="fait")
    type_in(contents, "Étapes", 2, due_on="31/12/2026")
    type_in(contents, "Budget", 1, investment_eur="1\u202f300,25", operation_eur="")
    type_in(contents, "Rôles", 2, number=1, role="Agent", days="0,5")

    reading = read(roadmap.initiative, contents)

    assert reading.refused == []
    (entry,) = reading.entries
    assert (entry.number, entry.pk) == (1, full.pk)
    assert entry.fields == {
        "status": "en cours",
        "lead_participant": "Anne Élise Achats",
        "objectives": "Sobriété des usages\nObjectif 1",
        "is_quick_win": "non",
        "human_days_by_half_year": "1er semestre 2026\u00a0: 4\n2e semestre 2026\u00a0: 2,5",
        "effort": "3",
        "context": "Un constat\r\nsur deux lignes",
        "associated_services": "",
    }
    assert {kind: [(row.rank, row.text.split("\n")) for row in rows] for kind, rows in entry.rows.items()} == {
        "steps": [
            (1, ["Commencer", "Qui\u00a0: DSI", "Semestre\u00a0: 2e semestre 2027", "Avancement\u00a0: fait"]),
            (2, ["Mesurer", "Date précise\u00a0: 31/12/2026", "Avancement\u00a0: à faire"]),
        ],
        "human_means": [(0, ["Agent", "Jours\u00a0: 0,5"])],
        "budget_lines": [
            (1, [
                "2026", "Investissement, en euros\u00a0: 1300,25", "Fonctionnement, en euros\u00a0: 0",
                "Financement trouvé, en euros\u00a0: 0", "Financeur\u00a0: État",
            ]),
        ],
    }  # fmt: skip


def test_columns_may_move_and_lines_be_left_empty(roadmap, full):
    contents = contents_of(roadmap.initiative)
    sheet = table_of(contents, "Fiches")
    type_in(contents, "Fiches", 1, aim="Un autre but")
    rows = [list(reversed(row)) for row in sheet.rows]
    rows[0] = [f"  {cell.upper()} " for cell in rows[0]]
    sheet.rows[:] = [["Mes notes"], [], rows[0], [""] * 5, *rows[1:]]

    reading = read(roadmap.initiative, contents)

    assert ([entry.fields for entry in reading.entries], reading.refused) == ([{"aim": "Un autre but"}], [])
    assert reading.entries[0].row == 5


def test_a_missing_column_empties_nothing(roadmap, full):
    contents = contents_of(roadmap.initiative)
    sheet = table_of(contents, "Fiches")
    position = sheet.rows[0].index("Contexte et constat")
    for row in sheet.rows:
        del row[position]
    steps = table_of(contents, "Étapes")
    for row in steps.rows:
        del row[0]

    reading = read(roadmap.initiative, contents)

    assert reading.entries == []
    assert reasons_of(reading) == [
        (
            "Étapes", 1, "Repère",
            "Cette colonne manque, parfois masquée\u00a0: rien de cette feuille n’est lu. "
            "Repartez d’un nouveau tableur.",
        )
    ]  # fmt: skip


def test_a_new_sheet_has_rows_by_its_title(roadmap, full):
    contents = contents_of(roadmap.initiative)
    type_in(contents, "Fiches", 2, title="Former les agents", perimeter="Territoire")
    type_in(contents, "Étapes", 3, number="former  les AGENTS", text="Choisir les sujets")

    reading = read(roadmap.initiative, contents)

    (entry,) = reading.entries
    assert (entry.number, entry.pk, entry.fields) == (
        None, None, {"title": "Former les agents", "perimeter": "territoire"},
    )  # fmt: skip
    assert [row.text for row in entry.rows["steps"]] == ["Choisir les sujets\nAvancement\u00a0: à faire"]
    assert (reading.refused, reading.untouched_count) == ([], 1)


def test_a_removed_or_emptied_line_removes_nothing(roadmap, full):
    make_sheet(roadmap, title="Une autre")
    contents = contents_of(roadmap.initiative)
    del table_of(contents, "Fiches").rows[2]
    type_in(contents, "Fiches", 1, title="")
    del table_of(contents, "Étapes").rows[2]
    type_in(contents, "Étapes", 1, text="")

    reading = read(roadmap.initiative, contents)

    reason = "Une ligne vidée ne retire rien. Retirez-la sur le site, ou remettez son texte."
    assert reading.entries == []
    assert reasons_of(reading) == [("Fiches", 2, "Intitulé", reason), ("Étapes", 2, "Étape", reason)]


LONG = "x" * 32_001


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (
            {"lead_participant": "Inconnue Totale"}, "Personne pilote",
            "«\u00a0Inconnue Totale\u00a0» n’est le nom de personne dans la démarche\u00a0: reprenez un nom de la "
            "feuille «\u00a0Listes\u00a0», ou écrivez-le dans «\u00a0Nom ou fonction du pilote\u00a0».",
        ),
        (
            {"objectives": "Objectif inventé"}, "Objectifs servis",
            "«\u00a0Objectif inventé\u00a0» n’est pas dans la feuille «\u00a0Listes\u00a0»\u00a0: "
            "reprenez un de ses mots.",
        ),
        ({"status": ""}, "État", "Remplissez cette cellule\u00a0: ce champ ne peut pas être vide."),
        ({"is_quick_win": "peut-être"}, "Gain rapide", "Écrivez oui ou non."),
        ({"effort": 9}, "Effort", "Indiquez un nombre entier entre 1 et 5."),
        ({"human_days": "beaucoup"}, "Moyens humains, en jours", "Indiquez un nombre entre 0 et 10\u202f000."),
        ({"budget_eur": "1e400"}, "Budget, en euros", "Indiquez un nombre entre 0 et 1\u202f000\u202f000\u202f000."),
        ({"title": "t" * 201}, "Intitulé", "Ce texte a 201 caractères\u00a0: gardez-en 200 au plus."),
        (
            {"context": LONG}, "Contexte et constat",
            "Ce texte dépasse 32\u202f000 caractères\u00a0: raccourcissez-le.",
        ),
        (
            {"human_days_by_half_year": "au printemps : 3"}, "Jours par semestre",
            "Écrivez un semestre, par exemple «\u00a0S1 2026\u00a0».",
        ),
        (
            {"number": 42}, "N°",
            "«\u00a042\u00a0» n’est le numéro d’aucune fiche de ce tableur. Laissez vide pour en ajouter.",
        ),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_refuses_its_line_and_says_what_to_do(roadmap, full, cells, column, reason):
    contents = contents_of(roadmap.initiative)
    type_in(contents, "Fiches", 1, aim="Un but valable", **cells)

    reading = read(roadmap.initiative, contents)

    assert reading.entries == []
    assert [(row, header, text) for _sheet, row, header, text in reasons_of(reading)] == [(2, column, reason)]


def test_two_people_with_one_name_are_chosen_on_the_site(roadmap, full):
    for email in ("a@exemple.fr", "b@exemple.fr"):
        make_participant(roadmap.initiative, name="Jean Martin", email=email)
    contents = contents_of(roadmap.initiative)
    type_in(contents, "Fiches", 1, lead_participant="Jean Martin")

    assert [line.reason for line in read(roadmap.initiative, contents).refused] == [
        "«\u00a0Jean Martin\u00a0» désigne plusieurs choses ici\u00a0: choisissez sur le site."
    ]


def test_a_formula_refuses_its_line_alone(roadmap, full):
    make_sheet(roadmap, title="Une autre")
    workbook = load_workbook(io.BytesIO(file_of(roadmap.initiative)))
    sheet = workbook["Fiches"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(2, headers.index("Description") + 1).value = "=cmd|' /C calc'!A0"
    sheet.cell(3, headers.index("Description") + 1).value = "Une vraie description"
    target = io.BytesIO()
    workbook.save(target)

    reading = read(roadmap.initiative, read_spreadsheet(target.getvalue(), "fiches.xlsx", limits=EXCHANGE_LIMITS))

    assert [(entry.number, entry.fields) for entry in reading.entries] == [
        (2, {"description": "Une vraie description"})
    ]
    assert [(line.row, line.column, line.reason.partition("\u00a0")[0]) for line in reading.refused] == [
        (2, "Description", "Formule")
    ]


def test_rows_that_lost_their_place_are_refused(roadmap, full):
    make_sheet(roadmap, title="Une autre")
    contents = contents_of(roadmap.initiative)
    type_in(contents, "Étapes", 1, number=2, who="Moi")
    type_in(contents, "Étapes", 3, number=1, key="1/2", text="Copiée")
    type_in(contents, "Étapes", 4, text="Sans fiche")
    type_in(contents, "Étapes", 5, number=1, key="1/9", text="Jamais écrite")

    reading = read(roadmap.initiative, contents)

    assert reading.entries == []
    assert [(line.row, line.reason) for line in reading.refused] == [
        (2, "Cette ligne est celle d’une autre fiche\u00a0: remettez son numéro, ou copiez-la en bas."),
        (4, "Cette ligne y est deux fois\u00a0: gardez-en une, ou recopiez-la dans une ligne vide."),
        (5, "Indiquez le numéro de la fiche, ou l’intitulé d’une fiche ajoutée."),
        (6, "Cette ligne n’est pas reconnue\u00a0: recopiez-la dans une ligne vide, en bas de la feuille."),
    ]


def test_a_sheet_removed_since_is_not_taken_for_the_one_that_bears_its_number(roadmap, full):
    contents = contents_of(roadmap.initiative)
    full.delete()
    make_sheet(roadmap, number=1, title="Une nouvelle venue")
    type_in(contents, "Fiches", 1, aim="Un but")

    assert [line.reason for line in read(roadmap.initiative, contents).refused][:1] == [
        "La fiche 1 a été retirée du site. Videz ce numéro pour la recréer."
    ]


def test_a_text_too_long_for_a_cell_is_changed_on_the_site(roadmap):
    sheet = make_sheet(roadmap, context="é" * 50_000)
    contents = contents_of(roadmap.initiative)
    type_in(contents, "Fiches", 1, context="Court")

    reading = read_exchange(
        contents,
        expected=marks_of(roadmap.initiative),
        known={1: KnownSheet(sheet.pk, frozenset({"context"}))},
        names=exchange_names(roadmap.initiative),
    )

    assert [line.reason for line in reading.refused] == [
        "Ce texte est trop long pour un tableur\u00a0: modifiez-le sur le site."
    ]


# Files of somebody else -----------------------------------------------------------------------------------------------
def test_the_workbook_of_another_authority_or_of_a_former_initiative_is_refused(roadmap, full):
    contents = contents_of(roadmap.initiative)
    other = Initiative(authority=Authority(slug="autre"), number=roadmap.initiative.number)
    later = Initiative(authority=roadmap.initiative.authority, number=9)

    for initiative, words_of_refusal in (
        (other, "Ce tableur est celui d’une autre collectivité\u00a0: rien n’a été lu."),
        (later, "Ce tableur vient d’une autre démarche\u00a0: téléchargez celui de la démarche en cours."),
    ):
        with pytest.raises(DomainError) as refusal:
            read_exchange(contents, expected=marks_of(initiative), known={}, names=exchange_names(roadmap.initiative))
        assert refusal.value.message == words_of_refusal


@pytest.mark.parametrize("kept", [["Fiches"], ["Repères"], []])
def test_a_workbook_without_its_marks_or_its_sheets_is_not_ours(roadmap, full, kept):
    contents = [content for content in contents_of(roadmap.initiative) if content.name in kept]
    with pytest.raises(DomainError, match="n’est pas un tableur de fiches de Jalons"):
        read(roadmap.initiative, contents)


def test_marks_that_somebody_rewrote_harm_nothing(roadmap, full):
    contents = contents_of(roadmap.initiative)
    marks = table_of(contents, "Repères")
    line = next(row for row in marks.rows if row[0] == "fiche")
    line[2] = "[" * 100_000
    type_in(contents, "Fiches", 1, aim="Un but")

    reading = read(roadmap.initiative, contents)

    # Without its marks, each text that the site holds looks edited: none is taken before a choice.
    assert "aim" in reading.entries[0].fields
    assert reading.entries[0].exported == {}


def test_the_mark_of_a_text_forgets_spaces_only():
    assert digest(" Un  but\r\n\n précis\t") == digest("Un but\nprécis")
    assert digest("Un but") != digest("Un but.")
