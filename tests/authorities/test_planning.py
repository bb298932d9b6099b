"""Backward planning. Dates worked by hand on the calendars of 2026 and 2027."""

from datetime import date

from authorities.planning import Effort, PlannedStep, PresetStep, earliest_council, estimate_effort, plan_backwards

FOUR_STEPS = [
    PresetStep("copil_lancement", "COPIL de lancement", -22, "copil"),
    PresetStep("scrutin_ouverture", "Ouverture du scrutin", -16, ""),
    PresetStep("copil_validation", "COPIL de validation", -3, "copil"),
    PresetStep("assemblee", "Adoption en assemblée", 0, "assemblee"),
]


def test_steps_are_dated_from_the_council():
    # Tuesday 15 September 2026. 22 weeks = 154 days before: 14 April. 16 weeks: 26 May. 3 weeks: 25 August.
    planned = plan_backwards(FOUR_STEPS, date(2026, 9, 15))
    assert [(step.code, step.planned_on, step.moved_because) for step in planned] == [
        ("copil_lancement", date(2026, 4, 14), ""),
        ("scrutin_ouverture", date(2026, 5, 26), ""),
        ("copil_validation", date(2026, 8, 25), ""),
        ("assemblee", date(2026, 9, 15), ""),
    ]


def test_a_council_on_saturday_keeps_its_date_and_the_steps_go_back_to_friday():
    # Saturday 19 September 2026: the steps fall on Saturdays 18 April, 30 May, 29 August.
    planned = plan_backwards(FOUR_STEPS, date(2026, 9, 19))
    assert [(step.planned_on, step.moved_because) for step in planned] == [
        (date(2026, 4, 17), "samedi"),
        (date(2026, 5, 29), "samedi"),
        (date(2026, 8, 28), "samedi"),
        (date(2026, 9, 19), ""),
    ]


def test_a_step_on_a_holiday_goes_back_to_the_day_before():
    # Monday 14 September 2026: 16 weeks before is Monday 25 May 2026, Whit Monday: back to Friday 22 May.
    planned = plan_backwards(FOUR_STEPS, date(2026, 9, 14))
    assert planned[1] == PlannedStep(
        "scrutin_ouverture", "Ouverture du scrutin", "", date(2026, 5, 22), "lundi de Pentecôte"
    )


def test_a_step_in_alsace_avoids_good_friday():
    # Friday 4 September 2026: 22 weeks before is Friday 3 April 2026, Good Friday: back to Thursday in Alsace only.
    assert plan_backwards(FOUR_STEPS, date(2026, 9, 4), department_code="68")[0].planned_on == date(2026, 4, 2)
    assert plan_backwards(FOUR_STEPS, date(2026, 9, 4), department_code="74")[0].planned_on == date(2026, 4, 3)


def test_the_earliest_council_leaves_every_step_in_the_future():
    # 22 weeks = 154 days after 10 March 2026: 11 August 2026.
    assert earliest_council(FOUR_STEPS, date(2026, 3, 10)) == date(2026, 8, 11)
    assert plan_backwards(FOUR_STEPS, date(2026, 8, 11))[0].planned_on == date(2026, 3, 10)


def test_the_effort_is_a_third_of_the_working_days():
    # 14 March 2027 is 182 days after 13 September 2026: 26 weeks, 130 working days, a third is 43.3.
    assert estimate_effort(date(2026, 9, 13), date(2027, 3, 14)) == Effort(weeks=26, working_days=43)
    # 18 weeks, 90 working days: 30.
    assert estimate_effort(date(2026, 5, 12), date(2026, 9, 15)) == Effort(weeks=18, working_days=30)
    assert estimate_effort(date(2026, 9, 15), date(2026, 9, 15)) == Effort(weeks=0, working_days=0)
