from datetime import date

import pytest

from common.text import enumerate_french
from roadmap.documents.presentation.inventory import describe_weakest
from roadmap.documents.presentation.legal import cited_texts, present_checks, present_insert, present_legal
from roadmap.documents.presentation.overview import assembly_of, present_identity, present_summary
from roadmap.documents.presentation.plan import (
    change_label,
    present_coverage,
    present_index,
    present_means,
    present_objectives,
    present_schedule,
    span_label,
)
from roadmap.documents.presentation.sheets import fill_margin, present_sheets
from roadmap.documents.presentation.texts import (
    Block,
    counted,
    euros,
    indicator_value,
    long_date,
    lower_first,
    plain,
    shorten,
    split_blocks,
)
from roadmap.documents.sources import name_licence, name_source
from tests.roadmap.sample_content import make_content, make_empty_content


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-12", "12 janvier 2024"),
        (date(2025, 1, 1), "1er janvier 2025"),
        ("2026-08-22", "22 août 2026"),
        (None, ""),
        ("", ""),
    ],
)
def test_long_date(value, expected):
    assert long_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(50.0, "50"), (51.3, "51,3"), (0, "0"), (12000, "12\u202f000"), (None, "–"), (0.125, "0,125"), (100, "100")],
)
def test_plain(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(0, "oui/non", "non"), (1, "oui/non", "oui"), (None, "%", "à établir"), (5, "années", "5")],
)
def test_indicator_value(value, unit, expected):
    assert indicator_value(value, unit) == expected


def test_split_blocks_reads_paragraphs_and_lists():
    text = "Un.\nDeux.\n\n- trois\n- quatre\n\n\n"

    assert split_blocks(text) == [Block("Un."), Block("Deux."), Block(items=("trois", "quatre"))]
    assert split_blocks("") == []


def test_small_words():
    assert counted(0, "action", "actions") == "0 action"
    assert counted(2, "action", "actions") == "2 actions"
    assert enumerate_french([]) == ""
    assert enumerate_french(["a"]) == "a"
    assert enumerate_french(["a", "b", "c"]) == "a, b et c"
    assert lower_first("Réduire") == "réduire"
    assert lower_first("RGAA") == "RGAA"
    assert euros(18000) == "18\u202f000 €"


@pytest.mark.parametrize(
    ("baseline", "target", "unit", "expected"),
    [
        (50, 41, "t CO2e par an", "−18 %"),
        (11, 27, "% des dépenses", "+16 points"),
        (48, 47, "% de critères", "−1 point"),
        (0, 600, "personnes", ""),
        (5, 5, "années", ""),
        (None, 5, "années", ""),
        (0, 1, "oui/non", ""),
    ],
)
def test_change_label(baseline, target, unit, expected):
    assert change_label({"baseline": baseline, "target": target, "unit": unit}) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-S1", "2025-S2", "du 1er semestre 2024 au 2e semestre 2025"),
        ("2024-S1", "2024-S2", "du 1er au 2e semestre 2024"),
        ("2024-S1", "2024-S1", "1er semestre 2024"),
        ("", "", "à placer"),
    ],
)
def test_span_label(start, end, expected):
    assert span_label({"start_half": start, "end_half": end}) == expected


@pytest.mark.parametrize(
    ("kind", "nature", "expected"),
    [
        ("epci_fp", "communauté de communes", "conseil communautaire"),
        ("epci_fp", "métropole", "conseil métropolitain"),
        ("commune", "commune", "conseil municipal"),
        ("departement", "", "conseil départemental"),
        ("autre", "", "assemblée délibérante"),
    ],
)
def test_assembly(kind, nature, expected):
    assert assembly_of({"kind": kind, "nature": nature}) == expected


def test_identity_leaves_out_what_is_unknown():
    content = make_content()
    assert present_identity(content["authority"]) == "Communauté d’agglomération · 25 communes · 94\u202f873 habitants"
    assert present_identity(make_empty_content()["authority"]) == "Communauté d’agglomération"


def test_summary_says_the_reduction_aimed_at():
    thesis = present_summary(make_content(), inventory=None)["thesis"]

    assert thesis["start"] == "D’ici à fin 2026, Pays d’Exemple veut"
    assert thesis["aim"] == "réduire l’empreinte annuelle du parc de 18 %"


def test_summary_without_anything():
    summary = present_summary(make_empty_content(), inventory=None)

    assert summary["thesis"]["aim"] == "prépare sa feuille de route"
    assert summary["figures"] == []


@pytest.mark.parametrize(
    ("binding", "words"),
    [("bound", "La loi s’applique à"), ("voluntary", "s’y engage volontairement"), ("to_check", "reste à vérifier")],
)
def test_legal_lead(binding, words):
    content = make_content()
    content["duties"][0]["binding"] = binding

    assert words in present_legal(content)["lead"]


def test_diverging_populations_are_said():
    content = make_content()
    content["duties"][0]["populations_disagree"] = True
    content["authority"].update(population=49_868, population_total=51_264)

    disagreement = present_legal(content)["disagreement"]

    assert "49\u202f868" in disagreement
    assert "51\u202f264" in disagreement


def test_themes_are_covered_or_explained():
    themes = {theme["number"]: theme for theme in present_legal(make_content())["themes"]}

    assert themes[1]["actions"] == "5, 6, 7"
    assert themes[6]["actions"] == ""
    assert themes[6]["reason"] == "Non retenu : Les capteurs seront d’abord inventoriés."


def test_theme_is_not_said_twice_to_be_left_aside():
    content = make_content()
    content["themes"][5]["reason"] = "Non retenu pour 2024–2026."

    assert present_legal(content)["themes"][5]["reason"] == "Non retenu pour 2024–2026."


def test_duty_shows_the_next_step():
    duty = next(duty for duty in present_legal(make_content())["duties"] if "achats" in duty["title"])

    assert duty["current"] == "pas encore en vigueur"
    assert duty["following"] == "au moins 20 %, à partir du 01/07/2024 (texte postérieur à cette version)"
    assert duty["actions"] == "5, 6"


def test_duty_set_by_a_later_text_only_says_so():
    content = make_content()
    content["duties"][1].update(is_later_text=True, next_value=None)

    duty = present_legal(content)["duties"][0]

    assert (duty["current"], duty["following"]) == ("texte postérieur à cette version", "à partir du 01/07/2024")


def test_texts_later_than_the_document_are_not_cited():
    assert not any("2024-134" in text for text in cited_texts("2024-01-12"))
    assert any("2024-134" in text for text in cited_texts("2024-02-21"))


def test_points_of_the_summary_say_the_question_they_answer():
    content = make_content()
    content["diagnosis"]["weaknesses"][0].update(title="Écoconception", text="Aucun projet.")

    summary = present_summary(content, inventory=None)

    assert summary["weaknesses"][0] == {"title": "Écoconception", "text": "Aucun projet."}


def test_each_overloaded_lead_is_named_once():
    content = make_content()
    content["half_years"] = ["2024-S1", "2024-S2", "2025-S1"]
    content["loads"] = [
        {"lead": "Direction des systèmes d’information", "capacity": 20, "days": [18, 28, 24]},
        {"lead": "Communication", "capacity": 20, "days": [21, 0, 0]},
        {"lead": "Achats", "capacity": 20, "days": [20, 0, 0]},
    ]

    over = present_schedule(content)["over"]

    assert over == (
        "Direction des systèmes d’information (2e semestre 2024 et 1er semestre 2025) ; "
        "Communication (1er semestre 2024)"
    )


def test_coverage_of_the_objective_comes_from_the_snapshot():
    # The sample aims at 50 → 41 t, and five actions save 9 t (6 to 22): 9 / 9 = 100 %, 6 / 9 = 67 %.
    assert present_coverage(make_content()) == (
        "L’objectif demande 9,0\u00a0t CO₂e de moins par an\u202f; "
        "les 5\u00a0actions simulées en apporteraient environ 9,0 (entre 6,0 et 22) à plein effet, "
        "de quoi l’atteindre. "
        "Au plus bas de la plage, elles n’en couvriraient que 67\u202f%."
    )
    assert present_coverage(make_empty_content()) == ""


def test_the_objective_in_tonnes_says_what_the_actions_cover():
    objectives = present_objectives(make_content())

    assert [bool(item["coverage"]) for item in objectives].count(True) == 1
    assert objectives[0]["coverage"] == present_coverage(make_content())


def test_shorten_keeps_whole_sentences():
    assert shorten("Un. Deux.", 20) == "Un. Deux."
    assert shorten("Un.\nDeux deux. Trois.", 16) == "Un. Deux deux."
    assert shorten("Une seule phrase bien longue.", 10) == "Une seule…"


def test_weakest_figure_speaks_to_an_elected_reader():
    found = describe_weakest(make_content()["inventory"]["weakest"])

    assert found["title"] == "La quantité de la famille « écrans »"
    assert "21 % de l’écart" in found["text"]
    assert "37 % : la collectivité n’y peut rien" in found["text"]
    assert "kg" not in found["text"]
    assert describe_weakest(None) is None


def test_insert_sorts_actions_by_perimeter():
    content = make_content()
    content["sheets"][0]["perimeter"] = "les_deux"

    insert = present_insert(content)

    assert [row["number"] for row in insert["territory"]] == [1, 17]
    assert [row["number"] for row in insert["internal"]] == list(range(1, 17))


def test_yearly_checks_are_kept_apart():
    checks = present_checks(make_content(), is_adopted=False)

    assert [check["code"] for check in checks["yearly"]] == ["C-22", "C-23", "C-24", "C-25"]
    assert {check["state"] for check in checks["yearly"]} == {"au premier bilan"}
    resolution = next(check for check in checks["lasting"] if check["code"] == "C-21")
    assert (resolution["state"], resolution["anchor"]) == ("après adoption", "")


def test_adoption_fills_its_check():
    checks = present_checks(make_content(), is_adopted=True)

    resolution = next(check for check in checks["lasting"] if check["code"] == "C-21")
    assert (resolution["state"], resolution["anchor"]) == ("présent", "adoption")


def test_sheet_does_not_say_a_service_twice():
    content = make_content()
    content["sheets"] = content["sheets"][:2]
    content["sheets"][0].update(lead="Communication", lead_detail="communication (Communication)")
    content["sheets"][1].update(lead="Achats", lead_detail="Référente (Achats)")

    assert [sheet["lead_detail"] for sheet in present_sheets(content)] == ["Communication", "Référente (Achats)"]


def test_index_puts_actions_without_lead_last():
    content = make_content()
    content["sheets"][0]["lead"] = ""

    index = present_index(content["sheets"])

    assert index[-1]["lead"] == "À désigner"
    assert [group["lead"] for group in index][:2] == ["Achats", "Cohésion territoriale"]
    assert sum(group["count"] for group in index) == 17


def test_means_add_up():
    content = make_content()
    content["sheets"] = content["sheets"][:4]
    content["sheets"][3].update(objective=None, objectives=[])
    objectives = [{"code": "O1", "title": "T", "count": 3, "days": 90, "budget": 36_000}]

    means = present_means(content, objectives)

    assert [row["name"] for row in means["rows"]] == ["O1 T", "Sans objectif rattaché"]
    assert (means["count"], means["days"], means["budget"]) == (4, "120", "36\u202f000 €")


def test_sources_are_named_in_french():
    assert name_source("BoaviztAPI factor file (origin: x)").startswith("BoaviztAPI, fichier de facteurs")
    assert name_source("Source inconnue") == "Source inconnue"
    assert name_licence("AGPL-3.0 (repository licence)") == "AGPL-3.0"
    assert name_licence("(c) ADEME, isolated figures cited") == "chiffres cités, © ADEME"


def test_margin_of_a_sheet_keeps_what_fits():
    sheet = make_content()["sheets"][7]
    texts = {"effect": "Un effet.", "associated": "Finances", "legal": "Loi AGEC, art. 58", "links": ""}

    assert fill_margin(sheet, texts) == ["effect", "associated", "legal"]


def test_long_texts_leave_the_margin_for_the_wide_column():
    content = make_content()
    content["sheets"] = content["sheets"][:1]
    content["sheets"][0].update(legal=["Une référence légale particulièrement longue"] * 12, partners=[])

    (sheet,) = present_sheets(content)

    assert "legal" not in sheet["margin"]
    assert [heading for heading, _ in sheet["moved"]] == ["Références légales"]


def test_list_of_effects_is_printed_in_the_wide_column():
    sheet = make_content()["sheets"][0]

    assert fill_margin(sheet, {"effect": "- un\n- deux"}) == []
