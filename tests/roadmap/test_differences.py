"""What changes between two versions, in plain words."""

import copy

import pytest
from django.urls import reverse

from roadmap.documents.differences import compare
from tests.factories_roadmap import NOW, make_full_sheet, make_version
from tests.roadmap.sample_content import make_content, make_empty_content


def changed(change) -> dict[str, list[str]]:
    """Return the sentences by title, with plain spaces, after a change of the sample."""
    content = make_content()
    change(content)
    comparison = compare(make_content(), content)
    return {
        section.title: [text.replace("\u00a0", " ").replace("\u202f", " ") for text in section.sentences]
        for section in comparison.sections
    }


def test_the_same_snapshot_changes_nothing():
    comparison = compare(make_content(), make_content())
    assert (comparison.sections, comparison.count, comparison.summary) == ((), 0, "")


def test_a_sheet_is_added_another_is_removed():
    def change(content):
        gone = content["sheets"].pop(0)
        content["sheets"].append(
            {**gone, "number": 18, "lever_code": "", "title": "Une action de plus", "budget_eur": gone["budget_eur"]}
        )

    found = changed(change)
    title = make_content()["sheets"][0]["title"].replace("\u00a0", " ").replace("\u202f", " ")
    assert found["Fiches ajoutées ou retirées"] == [
        "Fiche 18, « Une action de plus » : ajoutée.",
        f"Fiche 1, « {title} » : retirée.",
    ]
    assert "Fiches modifiées" not in found


def test_a_renamed_sheet_is_recognised_by_its_lever():
    found = changed(lambda content: content["sheets"][1].update(title="Compter une fois", number=2))
    assert found == {
        "Fiches modifiées": [
            "Fiche 2, « Compter une fois » : "
            "elle s’appelait « Tenir un inventaire unique et fiable du parc numérique »."
        ]
    }


def test_lead_budget_dates_and_targets_are_said_before_and_after():
    def change(content):
        sheet = content["sheets"][4]
        sheet.update(lead="DSI", budget_eur=1500, start_half="2026-S1", end_half="2026-S2")
        sheet["indicators"][0]["target"] = 99
        sheet["aim"] = "Un autre but."

    before = make_content()["sheets"][4]
    (sentence,) = changed(change)["Fiches modifiées"]
    assert f"pilote : {before['lead']} → DSI" in sentence
    assert "→ 1 500 €" in sentence
    assert "→ du 1er au 2e semestre 2026" in sentence
    assert f"cible de « {before['indicators'][0]['name']} »".replace("\u00a0", " ") in sentence
    assert "→ 99" in sentence
    assert "texte réécrit : le but" in sentence


def test_sheets_are_tied_to_other_objectives_by_name():
    def change(content):
        content["sheets"][0].update(objective=2, objectives=[2])

    names = [item["title"] for item in make_content()["objectives"]]
    before = make_content()["sheets"][0].get("objectives") or [make_content()["sheets"][0]["objective"]]
    (sentence,) = changed(change)["Fiches modifiées"]
    assert f"objectif : {names[before[0] - 1]} → {names[1]}" in sentence


def test_objectives_targets_and_deadlines():
    def change(content):
        content["objectives"][0].update(target=30, target_on="2027-06-30")
        content["objectives"].pop(1)

    found = changed(change)["Objectifs"]
    assert found[0].startswith("Objectif O2, ")
    assert found[0].endswith(": retiré.")
    assert "cible : 41 → 30" in found[1]
    assert "→ 30 juin 2027" in found[1]


def test_texts_state_and_legal_points():
    def change(content):
        content["foreword"] = {"text": "Un autre mot.", "author": ""}
        content["governance"]["steering_per_year"] = 3
        content["diagnosis"]["overall"]["score"] = 2.4
        content["inventory"]["total"]["central_kg"] = 41_000
        content["completeness"][0]["is_met"] = not content["completeness"][0]["is_met"]

    found = changed(change)
    assert "L’avant-propos est réécrit." in found["Textes et gouvernance"]
    assert any(text.endswith("→ 3.") for text in found["Textes et gouvernance"])
    assert any(text.endswith("→ 41 t CO₂e par an.") for text in found["État des lieux"])
    assert any(text.endswith("→ 2,4 sur 4.") for text in found["État des lieux"])
    assert found["Points de la liste légale"][0].startswith(make_content()["completeness"][0]["code"])


def test_an_older_snapshot_is_compared_without_what_it_lacks():
    former = copy.deepcopy(make_content())
    for sheet in former["sheets"]:
        for name in ("objectives", "human_means", "budget_lines", "mitigation", "target_public", "elected_lead"):
            sheet.pop(name, None)
    assert compare(former, make_content()).sections == ()


def test_from_an_empty_roadmap_to_a_full_one():
    comparison = compare(make_empty_content(), make_content())
    assert comparison.sections[0].title == "Fiches ajoutées ou retirées"
    assert len(comparison.sections[0].sentences) == 17
    assert len(comparison.summary) <= 300
    assert comparison.summary.startswith("Fiches ajoutées ou retirées (17)")


@pytest.mark.django_db
def test_the_page_compares_with_the_version_before(referent_client, authority, roadmap):
    make_version(roadmap, content=make_content())
    content = make_content()
    content["sheets"][0]["title"] = "<script>alert(1)</script>"
    make_version(roadmap, number=2, content=content, pdf_sha256="b" * 64)

    page = referent_client.get(reverse("roadmap:version_differences", args=[authority.slug, 2])).content.decode()

    assert "Ce qui change entre la version 1 et la version 2" in page
    assert "elle s’appelait" in page
    assert "<script>alert" not in page
    first = referent_client.get(reverse("roadmap:version_differences", args=[authority.slug, 1]))
    assert first.headers["Location"] == reverse("roadmap:version_detail", args=[authority.slug, 1])


@pytest.mark.django_db
def test_freezing_tells_what_changed_since_the_last_version(referent_client, authority, roadmap):
    make_full_sheet(roadmap)
    url = reverse("roadmap:version_freeze", args=[authority.slug])
    assert "Ce qui change depuis" not in referent_client.get(url).content.decode()
    make_version(roadmap, content=make_empty_content(), frozen_at=NOW)

    page = referent_client.get(url).content.decode()

    assert "Ce qui change depuis la version 1" in page
    assert "Action 1\u00a0» : ajoutée." in page.replace("\u00a0:", " :")
    assert "Fiches ajoutées ou retirées (1)" in page
