"""Interview grids: what is written in them, what is read back, and what is never in them."""

import io

import pytest
from openpyxl import load_workbook

from common.errors import DomainError
from common.ods import build_ods
from common.spreadsheets.process import SheetContent, read_spreadsheet
from diagnostics.grids.content import build_grid, grid_choices
from diagnostics.grids.people import grid_people
from diagnostics.grids.printed import build_grid_pdf
from diagnostics.grids.reader import read_grid
from diagnostics.grids.workbook import build_grid_file
from tests import factories
from tests.factories_diagnostics import BEFORE_CLOSING, get_question, make_diagnosis, make_rating
from tests.pdf_readback import is_tagged_in_french, read_title, read_words

pytestmark = pytest.mark.django_db

ACHATS = ["Code", "Question", "Dimension", "Connue de vous"]


def grid_of(diagnosis, choice, author):
    return build_grid(diagnosis, choice, grid_people(diagnosis), author=author)


def sheets_of(diagnosis, choice, author, extension="xlsx") -> list[SheetContent]:
    content = build_grid_file(grid_of(diagnosis, choice, author), extension, now=BEFORE_CLOSING)
    return read_spreadsheet(content, f"grille.{extension}")


def read(diagnosis, sheets, chosen=None):
    return read_grid(
        sheets, diagnosis=diagnosis, questions=diagnosis.asked_questions(), people=grid_people(diagnosis), chosen=chosen
    )


def put(sheets, code, header, value) -> None:
    """Type in the cell of a question, as somebody would."""
    for sheet in sheets[1:-1]:
        head = next(row for row in sheet.rows if "Code" in row)
        for row in sheet.rows:
            if row[0] == code:
                row[head.index(header)] = value


def answers_of(reading):
    return [(item.participant_pk, item.question_pk, item.level, item.comment) for item in reading.answers]


def test_a_grid_of_a_person_holds_their_questions_first_and_every_sentence(diagnosis, people, referent):
    _guide, grid, marks = sheets_of(diagnosis, f"personne-{people[1].pk}", referent)

    assert grid.rows[0][0] == "Grille d’entretien, Pays d’Exemple, diagnostic n°\u00a01"
    assert [(row[0], row[3]) for row in grid.rows[3:]] == [
        ("ACH-1", "oui"), ("PAR-1", "oui"), ("PAR-2", "oui"), ("ACH-2", ""), ("TER-2", ""),
    ]  # fmt: skip
    assert grid.rows[3][4:9] == [f"ACH-1 au niveau {level}." for level in range(5)]
    assert ["personne", "", "Denis Dsi", ""] in marks.rows


def test_a_grid_by_dimension_has_a_sheet_each_and_a_pair_of_columns_for_each_person(diagnosis, people, referent):
    sheets = sheets_of(diagnosis, "dimensions", referent, "ods")

    assert [sheet.name for sheet in sheets] == ["Lisez-moi", "Achats", "Parc", "Territoire", "Repères"]
    assert sheets[1].rows[2][7:] == [
        "Anne Achats", "Anne Achats, commentaire", "Chloé Com", "Chloé Com, commentaire", "Denis Dsi",
        "Denis Dsi, commentaire",
    ]  # fmt: skip
    assert [sheet.name for sheet in sheets_of(diagnosis, "dimension-PAR", referent)] == ["Lisez-moi", "Parc", "Repères"]


def test_only_answers_and_comments_may_be_typed_and_answers_have_a_list(diagnosis, people, referent):
    content = build_grid_file(grid_of(diagnosis, f"personne-{people[0].pk}", referent), "xlsx", now=BEFORE_CLOSING)
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook["Grille"]

    assert sheet.protection.sheet
    assert [cell.column_letter for cell in sheet[4] if not cell.protection.locked] == ["J", "K"]
    rule = sheet.data_validations.dataValidation[0]
    assert (rule.formula1, str(rule.sqref)) == ('"0,1,2,3,4,Je ne me prononce pas"', "J4:J8")
    assert workbook["Repères"].sheet_state == "hidden"


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_what_the_participant_or_another_referent_said_is_in_no_grid(diagnosis, people, referent, authority, extension):
    other = factories.make_member(authority, "referent")
    make_rating(diagnosis, people[0], "ACH-1", 4, "secret seul")
    make_rating(diagnosis, people[0], "ACH-2", 4, "secret autre", entered_by=other, entered_by_label="Autre")
    make_rating(diagnosis, people[0], "PAR-1", 2, "noté", entered_by=referent, entered_by_label="Référente")

    for choice in (f"personne-{people[0].pk}", "dimensions", "vierge"):
        cells = [
            cell for sheet in sheets_of(diagnosis, choice, referent, extension) for row in sheet.rows for cell in row
        ]
        assert not [cell for cell in cells if "secret" in str(cell)]
        assert ("noté" in cells) == (choice != "vierge")
        marks = sheets_of(diagnosis, choice, referent, extension)[-1].rows
        assert sum(row[0] == "réponse" for row in marks) == (choice != "vierge")


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_answers_are_read_back(diagnosis, people, referent, extension):
    sheets = sheets_of(diagnosis, f"personne-{people[0].pk}", referent, extension)
    put(sheets, "ACH-1", "Niveau", 3)
    put(sheets, "ACH-1", "Commentaire", "  Marché signé\nen mai ")
    put(sheets, "PAR-1", "Niveau", "Je ne me prononce pas")
    put(sheets, "TER-2", "Niveau", "niveau 0")

    reading = read(diagnosis, sheets)

    key = people[0].pk
    assert answers_of(reading) == [
        (key, get_question("ACH-1").pk, 3, "Marché signé\nen mai"),
        (key, get_question("PAR-1").pk, None, ""),
        (key, get_question("TER-2").pk, 0, ""),
    ]
    assert reading.refused == []


def test_each_person_of_a_dimension_is_read_in_their_column(diagnosis, people, referent):
    sheets = sheets_of(diagnosis, "dimensions", referent)
    put(sheets, "PAR-2", "Denis Dsi", 1)
    put(sheets, "PAR-2", "Anne Achats", "4")

    assert [(item.participant_pk, item.level) for item in read(diagnosis, sheets).answers] == [
        (people[0].pk, 4), (people[1].pk, 1),
    ]  # fmt: skip


def test_what_nobody_touched_is_told_apart(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "ACH-1", 2, "noté", entered_by=referent, entered_by_label="R", version=4)
    make_rating(diagnosis, people[0], "ACH-2", 1, entered_by=referent, entered_by_label="R")
    sheets = sheets_of(diagnosis, f"personne-{people[0].pk}", referent)
    put(sheets, "ACH-1", "Niveau", 3)

    reading = read(diagnosis, sheets)

    assert [(item.level, item.comment, item.version) for item in reading.answers] == [(3, "noté", 4)]
    assert reading.untouched_count == 1


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        (
            "Niveau",
            "5",
            "Lu\u00a0: «\u00a05\u00a0». Choisissez un niveau de 0 à 4, ou «\u00a0Je ne me prononce pas\u00a0».",
        ),
        (
            "Niveau",
            2.5,
            "Lu\u00a0: «\u00a02.5\u00a0». Choisissez un niveau de 0 à 4, ou «\u00a0Je ne me prononce pas\u00a0».",
        ),
        (
            "Niveau",
            {"date": "2026-03-04"},
            "Lu\u00a0: «\u00a02026-03-04\u00a0». Choisissez un niveau de 0 à 4, "
            "ou «\u00a0Je ne me prononce pas\u00a0».",
        ),
        (
            "Commentaire",
            "Seul",
            "Commentaire sans niveau. Choisissez un niveau de 0 à 4, ou «\u00a0Je ne me prononce pas\u00a0».",
        ),
        ("Code", "XXX-9", "Question inconnue\u00a0: «\u00a0XXX-9\u00a0». Reprenez les codes de la grille téléchargée."),
        ("Code", "ACH-2", "ACH-2\u00a0: cette question est déjà à la ligne 5."),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_alone(diagnosis, people, referent, header, value, reason):
    sheets = sheets_of(diagnosis, f"personne-{people[0].pk}", referent)
    put(sheets, "ACH-2", "Niveau", 1)
    if header == "Code":
        put(sheets, "PAR-1", "Niveau", 1)
    put(sheets, "PAR-1", header, value)

    reading = read(diagnosis, sheets)

    assert [item.level for item in reading.answers] == [1]
    assert [(line.sheet, line.reason) for line in reading.refused] == [("Grille", reason)]


def test_a_formula_and_a_comment_too_long_are_refused(diagnosis, people, referent):
    guide, grid, marks = sheets_of(diagnosis, f"personne-{people[0].pk}", referent)
    put([guide, grid, marks], "ACH-2", "Niveau", 1)
    put([guide, grid, marks], "ACH-2", "Commentaire", "x" * 2_001)
    grid = SheetContent(grid.name, grid.rows, frozenset({(4, 10)}))

    assert [(line.row, line.column, line.reason) for line in read(diagnosis, [guide, grid, marks]).refused] == [
        (4, "Niveau", "Formule\u00a0: remplacez-la par sa valeur (copier, puis collage spécial, valeurs)."),
        (5, "Commentaire", "Ce commentaire dépasse 2\u202f000 caractères\u00a0: raccourcissez-le."),
    ]


def test_a_column_of_nobody_is_refused_with_its_name(diagnosis, people, referent):
    sheets = sheets_of(diagnosis, "dimension-PAR", referent)
    put(sheets, "PAR-1", "Chloé Com", 3)
    people[2].name = "Chloé Communication"
    people[2].save()

    reading = read(diagnosis, sheets)

    assert reading.answers == []
    assert [(line.row, line.column) for line in reading.refused] == [(3, "Chloé Com")]


def test_a_blank_grid_is_read_as_the_chosen_persons(diagnosis, people, referent):
    sheets = sheets_of(diagnosis, "vierge", referent)
    put(sheets, "ACH-1", "Niveau", 3)
    chosen = grid_people(diagnosis)[2]

    with pytest.raises(DomainError, match="choisissez la personne"):
        read(diagnosis, sheets)
    assert [item.participant_pk for item in read(diagnosis, sheets, chosen).answers] == [chosen.pk]


def test_a_named_grid_is_nobody_elses(diagnosis, people, referent):
    sheets = sheets_of(diagnosis, f"personne-{people[0].pk}", referent)

    with pytest.raises(DomainError, match="Cette grille est celle de Anne Achats"):
        read(diagnosis, sheets, grid_people(diagnosis)[2])
    diagnosis.raters.remove(people[0])
    with pytest.raises(DomainError, match="plus dans ce diagnostic.*Anne Achats"):
        read(diagnosis, sheets)


@pytest.mark.parametrize(
    ("mark", "value", "message"),
    [
        ("format", "autre", "n’est pas une grille de Jalons"),
        ("collectivité", "pays-voisin", "d’une autre collectivité"),
        ("démarche", "9", "d’un autre diagnostic"),
        ("diagnostic", "2", "d’un autre diagnostic"),
        ("questionnaire", "essai-2", "une autre version du questionnaire"),
    ],
)
def test_a_grid_of_something_else_is_refused(diagnosis, people, referent, mark, value, message):
    sheets = sheets_of(diagnosis, f"personne-{people[0].pk}", referent)
    for row in sheets[-1].rows:
        if row[0] == mark:
            row[3] = value

    with pytest.raises(DomainError, match=message):
        read(diagnosis, sheets)


def test_any_other_spreadsheet_is_refused(diagnosis):
    sheets = read_spreadsheet(build_ods([], title="Vide", created_at=BEFORE_CLOSING), "vide.ods")

    with pytest.raises(DomainError, match="n’est pas une grille de Jalons"):
        read(diagnosis, sheets)


def test_people_of_one_name_are_told_apart(initiative, referent):
    people = [factories.make_participant(initiative, service=code, name="Anne") for code in ("dsi", "achats", "dsi")]
    labels = [person.label for person in grid_people(make_diagnosis(initiative, people))]

    assert len(set(labels)) == 3
    assert all(label.startswith("Anne (") for label in labels)


def test_choices_name_every_grid(diagnosis, people):
    groups = dict(grid_choices(diagnosis, grid_people(diagnosis)))

    assert [label for _value, label in groups["Une personne"]] == ["Anne Achats", "Chloé Com", "Denis Dsi"]
    assert [value for value, _label in groups["Une dimension, une colonne par personne"]] == [
        "dimensions", "dimension-ACH", "dimension-PAR", "dimension-TER",
    ]  # fmt: skip


def test_the_printed_grid_is_tagged_and_holds_every_sentence(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "PAR-1", 2, "noté", entered_by=referent, entered_by_label="R")
    make_rating(diagnosis, people[0], "PAR-2", 2, "secret")

    for choice in (f"personne-{people[0].pk}", "dimension-PAR"):
        grid = grid_of(diagnosis, choice, referent)
        pdf = build_grid_pdf(grid, author=referent, now=BEFORE_CLOSING)
        text = read_words(pdf)

        assert read_title(pdf) == "Grille d’entretien, Pays d’Exemple, diagnostic n°\u00a01"
        assert is_tagged_in_french(pdf)
        assert all(f"PAR-1 au niveau {level}." in text for level in range(5))
        assert "24 mars 2026 à 11:00" in text
        assert referent.email in text
        assert "noté" in text
        assert "secret" not in text
        assert text.count("×") == 1
