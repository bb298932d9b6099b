import gzip
from datetime import date
from decimal import Decimal

import pytest

from reference.fixtures import (
    Entry,
    FixtureError,
    LoadReport,
    Outcome,
    check_version,
    content_hash,
    read_csv,
    read_entries,
    read_mapping,
    read_yaml,
    save_in_place,
)
from reference.models import Service


def make_entry(**data) -> Entry:
    return Entry("essai.yaml", "E-1", data)


def test_error_names_file_entry_and_field():
    error = FixtureError("levers.yaml", "LEV-GOV-01", "effort", "écrivez un nombre.")

    assert str(error) == (
        "levers.yaml, entrée «\u00a0LEV-GOV-01\u00a0», champ «\u00a0effort\u00a0»\u00a0: écrivez un nombre."
    )


@pytest.mark.parametrize(
    ("call", "data", "field", "words"),
    [
        (lambda e: e.text("a"), {}, "a", "champ manquant"),
        (lambda e: e.text("a"), {"a": 3}, "a", "écrivez un texte"),
        (lambda e: e.text("a"), {"a": "  "}, "a", "écrivez un texte"),
        (lambda e: e.text("a", max_length=3), {"a": "abcd"}, "a", "3 au plus"),
        (lambda e: e.code("a", known={"x"}), {"a": "y"}, "a", "est inconnu"),
        (lambda e: e.codes("a", known={"x"}), {"a": ["x", "y"]}, "a", "est inconnu"),
        (lambda e: e.codes("a"), {"a": ["x", "x"]}, "a", "répété"),
        (lambda e: e.codes("a"), {"a": "x"}, "a", "écrivez une liste"),
        (lambda e: e.texts("a"), {"a": [3]}, "a", "liste de textes"),
        (lambda e: e.integer("a", minimum=1, maximum=5), {"a": 6}, "a", "entre 1 et 5"),
        (lambda e: e.integer("a", minimum=1, maximum=5), {"a": True}, "a", "entre 1 et 5"),
        (lambda e: e.integer("a", minimum=1, maximum=5), {"a": None}, "a", "entre 1 et 5"),
        (lambda e: e.decimal("a"), {"a": "1,5"}, "a", "point décimal"),
        (lambda e: e.decimal("a"), {"a": "inf"}, "a", "point décimal"),
        (lambda e: e.boolean("a"), {"a": "oui"}, "a", "true ou false"),
        (lambda e: e.day("a"), {"a": "12/03/2024"}, "a", "AAAA-MM-JJ"),
        (lambda e: e.entry("a"), {"a": 1}, "a", "groupe de champs"),
        (lambda e: e.entry("a").text("b"), {"a": {}}, "a.b", "champ manquant"),
        (lambda e: e.entries("a")[1].text("b"), {"a": [{"b": "x"}, {}]}, "a[2].b", "champ manquant"),
        (lambda e: e.entries("a"), {"a": ["x"]}, "a[1]", "groupe de champs"),
        (lambda e: e.only("b"), {"a": 1}, "a", "champ inconnu"),
    ],
)
def test_entry_refuses_what_it_cannot_read(call, data, field, words):
    with pytest.raises(FixtureError) as raised:
        call(make_entry(**data))

    assert (raised.value.file, raised.value.entry, raised.value.field) == ("essai.yaml", "E-1", field)
    assert words in raised.value.message


def test_entry_reads_typed_values():
    entry = make_entry(a="l'un : deux", b=[1], c=date(2024, 1, 2), d="2024-01-02", e="0.10", f=None, g=["x"])

    assert entry.text("a") == "l’un\u00a0: deux"
    assert entry.day("c") == entry.day("d") == date(2024, 1, 2)
    assert entry.decimal("e") == Decimal("0.10")
    assert entry.decimal("f") is None
    assert entry.text("f", is_optional=True) == ""
    assert entry.codes("z", is_optional=True) == []
    assert entry.optional_integer("f", minimum=0, maximum=1) is None
    assert entry.codes("g", known={"x"}) == ["x"]


def test_read_yaml_says_the_line_of_a_mistake(tmp_path):
    (tmp_path / "a.yaml").write_text("a: 1\nb: [\n")

    with pytest.raises(FixtureError, match="a.yaml, entrée «\u00a0ligne"):
        read_yaml(tmp_path, "a.yaml")


def test_read_yaml_missing_file(tmp_path):
    with pytest.raises(FixtureError, match="introuvable"):
        read_yaml(tmp_path, "a.yaml")


def test_read_yaml_wrong_encoding(tmp_path):
    (tmp_path / "a.yaml").write_bytes("a: é".encode("latin-1"))

    with pytest.raises(FixtureError, match="UTF-8"):
        read_yaml(tmp_path, "a.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1", "liste"),
        ("- name: x", "champ manquant"),
        ("- code: x\n- code: x", "figure deux fois"),
        ("- 3", "champ"),
    ],
)
def test_read_entries_refuses(tmp_path, text, words):
    (tmp_path / "a.yaml").write_text(text)

    with pytest.raises(FixtureError, match=words):
        read_entries(tmp_path, "a.yaml")


def test_read_mapping_refuses_a_list(tmp_path):
    (tmp_path / "a.yaml").write_text("- 1")

    with pytest.raises(FixtureError, match="groupe de champs"):
        read_mapping(tmp_path, "a.yaml")


def test_read_csv_names_lines(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"code,name\nx,Un\ny,Deux\n"))

    entries = read_csv(tmp_path, "a.csv.gz", columns=["code", "name"])

    assert [(entry.name, entry.data["name"]) for entry in entries] == [("ligne 2", "Un"), ("ligne 3", "Deux")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code\nx\n", "colonne manquante"),
        (b"code,name\nx\n", "doit avoir 2 colonnes"),
        (b"code,name\nx,y,z\n", "doit avoir 2 colonnes"),
        (b"code,name\n\xe9,y\n", "UTF-8"),
    ],
)
def test_read_csv_refuses(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(FixtureError, match=words):
        read_csv(tmp_path, "a.csv", columns=["code", "name"])


def test_read_csv_refuses_what_is_not_gzip(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"code,name\n")

    with pytest.raises(FixtureError, match="gzip"):
        read_csv(tmp_path, "a.csv.gz", columns=["code"])


def test_content_hash_ignores_the_order_of_keys():
    assert content_hash({"a": 1, "b": [2]}) == content_hash({"b": [2], "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


@pytest.mark.parametrize(
    ("stored", "is_used", "expected"),
    [(None, False, Outcome.CREATED), ("h", True, Outcome.UNCHANGED), ("other", False, Outcome.UPDATED)],
)
def test_check_version(stored, is_used, expected):
    outcome = check_version(file="q.yaml", entry="v1", stored_hash=stored, new_hash="h", is_used=is_used)

    assert outcome is expected


def test_check_version_refuses_to_alter_what_is_used():
    with pytest.raises(FixtureError, match="publiez une nouvelle version"):
        check_version(file="q.yaml", entry="v1", stored_hash="other", new_hash="h", is_used=True)


def test_save_in_place_writes_only_what_differs(db, django_assert_num_queries):
    key, values = {"code": "dsi"}, {"name": "DSI", "position": 1}

    assert save_in_place(Service, key=key, values=values)[1] is Outcome.CREATED
    with django_assert_num_queries(1):
        assert save_in_place(Service, key=key, values=values)[1] is Outcome.UNCHANGED
    assert save_in_place(Service, key=key, values={**values, "name": "Numérique"})[1] is Outcome.UPDATED
    assert Service.objects.get(code="dsi").name == "Numérique"


def test_report_lines_and_merge():
    report, other = LoadReport(), LoadReport()
    report.add("leviers", Outcome.UNCHANGED, 3)
    other.add("leviers", Outcome.CREATED)
    other.add("questions", Outcome.UNCHANGED, 36)

    assert not report.has_changed
    report.merge(other)

    assert report.has_changed
    assert report.lines() == ["leviers\u00a0: 4 (ajouts\u00a0: 1)", "questions\u00a0: 36 (sans changement)"]
