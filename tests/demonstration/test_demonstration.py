"""The demonstration: what the webinar tells is there, built by the services of the screens."""

import ast
from pathlib import Path

import pdfua
import pytest
import yaml
from django.conf import settings
from django.utils import timezone

import roadmap.demonstration as demonstration
from authorities.models import Authority
from diagnostics.models import Diagnosis
from diagnostics.selectors import committee_coverage
from levers.models import Ballot, Decision, Shortlist
from roadmap.demonstration import ensure_demonstration
from roadmap.models import ActionSheet, CouncilResolution

FOLDER = Path(demonstration.__file__).parent
ORM_WRITES = {
    "aupdate", "bulk_create", "bulk_update", "clear", "create", "delete", "execute", "get_or_create", "raw", "remove",
    "save", "set", "update", "update_or_create",
}  # fmt: skip


def orm_writes(source: str) -> list[str]:
    """Return the calls of a module that would write without a service: `x.save()`, `X.objects.create()`…"""
    return [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ORM_WRITES
    ]


def test_demonstration_has_no_orm_write():
    assert {
        path.name: orm_writes(path.read_text()) for path in FOLDER.glob("*.py") if orm_writes(path.read_text())
    } == {}


def test_orm_writes_are_seen_when_there_are_some():
    assert orm_writes("Authority.objects.create(name='x'); sheet.save()") == ["Authority.objects.create", "sheet.save"]


def cut_sentences(entry: object) -> list[str]:
    """Return the ends of sentences that a comma cut in « {a: b, c} »: yaml reads them as keys without value."""
    if isinstance(entry, dict):
        own = [key for key, value in entry.items() if value is None and " " in str(key)]
        return own + [found for value in entry.values() for found in cut_sentences(value)]
    return [found for item in entry for found in cut_sentences(item)] if isinstance(entry, list) else []


@pytest.mark.parametrize(
    "path", sorted(Path(settings.BASE_DIR, "fixtures").rglob("*.yaml")), ids=lambda path: path.name
)
def test_no_sentence_is_cut_at_a_comma(path):
    assert cut_sentences(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) == []


def test_a_cut_sentence_is_seen():
    assert cut_sentences(yaml.load("GOV: [{reason: Suivi des salles, rien d’autre.}]", Loader=yaml.CSafeLoader)) == [
        "rien d’autre."
    ]


@pytest.fixture
def thonon(demonstrated) -> Authority:
    return Authority.objects.get(name="Thonon Agglomération")


def test_thonon_tells_what_the_webinar_tells(thonon, db):
    initiative = thonon.initiatives.get()
    assert thonon.is_demonstration
    assert thonon.member_communes_count == 25
    assert 90_000 < thonon.population < 100_000
    assert initiative.period_label == "2024–2026"
    committee = [person for person in initiative.participants.all() if "committee" in person.roles]
    assert len(committee) == 6
    assert "cohesion" not in {person.service.code for person in committee}
    shortlist = Shortlist.objects.get(initiative=initiative)
    assert shortlist.items.count() == 35
    assert shortlist.items.filter(is_set_aside=False).count() == 33
    ballot = Ballot.objects.get(initiative=initiative)
    assert 14 <= (ballot.closes_at - ballot.opens_at).days <= 16
    assert ballot.votes.count() == 33 * 6
    assert Decision.objects.filter(initiative=initiative, verdict="retained").count() == 17


def test_thonon_coverage_names_the_service_to_invite_for_ter_2(thonon, db):
    coverage = committee_coverage(thonon.initiatives.get())
    gaps = {gap.code for dimension in coverage.dimensions for gap in dimension.gaps}
    assert "TER-2" in gaps


def test_each_sheet_is_complete_and_differs_from_its_lever(thonon, db):
    sheets = ActionSheet.objects.for_authority(thonon).prefetch_related("steps", "indicators")
    assert len(sheets) == 17
    for sheet in sheets:
        assert sheet.lead_service is not None, sheet
        assert sheet.lead_name, sheet
        assert sheet.steps.count() >= 4, sheet
        assert all(step.is_dated for step in sheet.steps.all()), sheet
        assert any(item.baseline is not None and item.target is not None for item in sheet.indicators.all()), sheet
        assert sheet.human_days, sheet
        assert sheet.budget_eur is not None, sheet
        changed = [
            name
            for name, value in sheet.prefill.items()
            if name in {field.name for field in sheet._meta.get_fields()} and str(getattr(sheet, name)) != str(value)
        ]
        own = [
            name
            for name in ("aim", "context", "lead_name", "elected_lead", "funding", "budget_eur")
            if getattr(sheet, name) not in ("", None)
        ]
        assert len(set(changed) | set(own)) >= 5, (sheet, changed)


def test_thonon_is_adopted_with_its_document(thonon, db):
    resolution = CouncilResolution.objects.get(version__roadmap__initiative__authority=thonon)
    assert resolution.version.number == 1
    with resolution.pdf.open() as document:
        assert document.read(5) == b"%PDF-"


def test_document_of_the_demonstration_passes_the_checker(thonon, db, tmp_path):
    resolution = CouncilResolution.objects.get(version__roadmap__initiative__authority=thonon)
    file = tmp_path / "roadmap.pdf"
    with resolution.pdf.open() as document:
        file.write_bytes(document.read())
    report = pdfua.validate(str(file))
    assert [f"{finding.rule_id}: {finding.message}" for finding in report.findings] == []
    # This rule of version 0.1.3 stops on an error of its own.
    assert {outcome.rule_id for outcome in report.skipped} <= {"UA-14-001"}


def test_document_cites_no_text_later_than_itself(thonon, db):
    content = CouncilResolution.objects.get(version__roadmap__initiative__authority=thonon).version.content
    assert content["on"] == "2024-01-12"
    duties = {duty["code"]: duty for duty in content["duties"]}
    assert "2021-254" in duties["achats-reemploi"]["legal_reference"]
    assert (duties["achats-reemploi"]["value"], duties["achats-reemploi"]["since_on"]) == (20, "2021-01-01")
    assert duties["achats-reemploi"]["is_next_later_text"]
    assert [code for code, duty in duties.items() if duty["is_later_text"]] == ["achats-declaration"]
    assert not any("2024" in text for sheet in content["sheets"] for text in sheet["legal"])


def test_sleep_mode_is_an_action_on_the_equipment(thonon, db):
    assert ActionSheet.objects.for_authority(thonon).get(lever__code="LEV-USA-01").theme.number == 2


def test_foreword_keeps_its_place_and_quotes_nobody(thonon, db):
    content = CouncilResolution.objects.get(version__roadmap__initiative__authority=thonon).version.content
    assert "aucun mot n’est prêté à une personne réelle" in content["foreword"]["text"]
    assert content["foreword"]["author"] == "À signer, nom et fonction"


def test_second_authority_has_a_round_and_a_ballot_open_today(demonstrated, db):
    authority = Authority.objects.get(name="Saumur Val de Loire")
    now = timezone.now()
    assert Diagnosis.objects.get(initiative__authority=authority).is_open(now)
    assert Ballot.objects.get(initiative__authority=authority).is_open(now)


def test_running_it_twice_changes_nothing_but_the_link(demonstrated, db):
    before = (Authority.objects.count(), ActionSheet.objects.count(), CouncilResolution.objects.count())
    again = ensure_demonstration(now=timezone.now())
    assert (Authority.objects.count(), ActionSheet.objects.count(), CouncilResolution.objects.count()) == before
    assert again.visitor_link.startswith(settings.SITE_URL + "/invitations/")
    assert again.visitor_link != demonstrated.visitor_link  # one more link, the former still opens
