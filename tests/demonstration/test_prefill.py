"""What a new sheet takes from the real catalogue: at least 70 % of what a person would write."""

import pytest

from levers.models import Lever
from roadmap.prefill import indicators_from_lever, sheet_fields_from_lever

# What people write in a sheet (the fields of the action, each once); beside each, where it comes from when it does.
FIELDS = (
    "title", "dimension", "theme", "perimeter", "target_public", "commitment", "context", "aim", "description",
    "lead_service", "elected_lead", "contributors", "partners", "steps", "indicators", "human", "budget",
    "expected_effect", "effort", "impact", "risks", "mitigation", "legal_references", "links",
)  # fmt: skip
# From the démarche: the diagnosis and the inventory write the finding, the elected official is named once.
FROM_THE_DEMARCHE = {"context", "elected_lead"}


@pytest.mark.usefixtures("demonstrated", "db")
def test_seven_fields_out_of_ten_are_already_written():
    shares = {}
    for lever in Lever.objects.filter(catalogue__is_current=True).select_related("theme", "dimension", "lead_service"):
        written = sheet_fields_from_lever(lever) | {
            "contributors": lever.audience_codes,
            "steps": lever.steps,
            "indicators": indicators_from_lever(lever),
        }
        written |= {"human": written["human_days"] or written["human_note"], "budget": written["budget_note"]}
        filled = {name for name in FIELDS if written.get(name)} | FROM_THE_DEMARCHE
        shares[lever.code] = len(filled) / len(FIELDS)
    assert len(shares) == 81
    assert min(shares.values()) >= 0.7, min(shares, key=shares.get)
