"""The sentence that links the reduction objective and what the actions save together."""

import pytest

from roadmap.reduction import CombinedFigures, ReductionAim, describe_coverage, read_aim

AIM = ReductionAim(50, 40)  # 10 t less per year


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("unit", "baseline", "target", "expected"),
    [
        ("t CO₂e par an", 50, 40, AIM),
        ("t CO2e par an", 50, 40, AIM),
        ("% des dépenses", 50, 40, None),
        ("t CO₂e par an", None, 40, None),
        ("t CO₂e par an", 50, None, None),
        ("t CO₂e par an", 50, 50, None),
    ],
)
def test_only_an_objective_in_tonnes_that_goes_down_is_an_aim(unit, baseline, target, expected):
    assert read_aim(unit, baseline, target) == expected


def test_actions_that_do_not_suffice_leave_a_rest():
    # 10 − 8 = 2 t; 8 / 10 = 80 %.
    assert plain(describe_coverage(AIM, CombinedFigures(8, 4, 20, 3))) == (
        "L’objectif demande 10 t CO₂e de moins par an ; les 3 actions simulées en apporteraient environ 8,0 "
        "(entre 4,0 et 20) à plein effet, soit 80 % ; il reste 2,0 t à trouver."
    )


def test_actions_that_suffice_say_their_lower_bound():
    # 5 / 10 = 50 %.
    assert plain(describe_coverage(AIM, CombinedFigures(13, 5, 53, 7))).endswith(
        "à plein effet, de quoi l’atteindre. Au plus bas de la plage, elles n’en couvriraient que 50 %."
    )


def test_a_lower_bound_that_suffices_is_not_said():
    assert plain(describe_coverage(AIM, CombinedFigures(13, 11, 53, 1))) == (
        "L’objectif demande 10 t CO₂e de moins par an ; l’action simulée en apporterait environ 13 "
        "(entre 11 et 53) à plein effet, de quoi l’atteindre."
    )


def test_a_lower_bound_below_zero_is_no_share():
    assert "elles n’y suffiraient pas" in describe_coverage(AIM, CombinedFigures(13, -1, 53, 2))


def test_without_simulation_or_without_aim():
    assert plain(describe_coverage(AIM, None)) == (
        "L’objectif demande 10 t CO₂e de moins par an ; le gain d’aucune action n’est encore simulé."
    )
    assert describe_coverage(None, CombinedFigures(13, 5, 53, 7)) == ""
