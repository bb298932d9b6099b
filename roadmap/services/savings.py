"""The simulated saving that a sheet carries."""

from collections.abc import Sequence

from roadmap.models import ActionSheet
from roadmap.selectors.shares import counted_elsewhere
from roadmap.selectors.sources import Saving, lever_savings

SAVING_FIELDS = ("saving_kgco2e", "saving_low_kgco2e", "saving_high_kgco2e", "saving_source")


def put_saving(sheet: ActionSheet, saving: Saving | None) -> None:
    """Give a sheet its saving, in memory; None empties it."""
    sheet.saving_kgco2e = saving.central if saving else None
    sheet.saving_low_kgco2e = saving.low if saving else None
    sheet.saving_high_kgco2e = saving.high if saving else None
    sheet.saving_source = saving.source if saving else ""


def settle_savings(sheets: Sequence[ActionSheet]) -> None:
    """Store the saving of sheets of one roadmap: none for those whose equipment is another authority's.

    The version of a sheet does not change: nobody types these figures, and whoever is writing the sheet is not stopped.
    """
    sheets = [sheet for sheet in sheets if sheet.lever is not None]
    if not sheets:
        return
    roadmap = sheets[0].roadmap
    elsewhere = counted_elsewhere(roadmap).sheet_pks
    savings = lever_savings(roadmap.initiative, [sheet.lever for sheet in sheets if sheet.lever is not None])
    for sheet in sheets:
        put_saving(sheet, None if sheet.pk in elsewhere else savings.get(sheet.lever_id or 0))
        ActionSheet.objects.filter(pk=sheet.pk).update(**{name: getattr(sheet, name) for name in SAVING_FIELDS})
