"""Action sheets edited off line: what a workbook is made of, and the one that was sent, read against the site."""

from django.core.files.uploadedfile import UploadedFile

from authorities.models import Initiative
from common.spreadsheets.process import LIMITS, MAX_FILE_BYTES, SpreadsheetRefused, read_spreadsheet
from roadmap.exchange.columns import LONG_FIELDS, LONGEST_TEXT, marks_of
from roadmap.exchange.names import exchange_names
from roadmap.exchange.reader import ExchangeReading, KnownSheet, read_exchange
from roadmap.models import ActionSheet
from roadmap.selectors.history import sheets_with_texts

# One character more than a cell may have: a longer text is seen, and refused.
EXCHANGE_LIMITS = LIMITS | {"text": LONGEST_TEXT + 1}


def exchanged_sheets(initiative: Initiative) -> list[ActionSheet]:
    """Return the sheets of a démarche with all that a workbook says of them. Eight queries."""
    return sheets_with_texts(list(ActionSheet.objects.for_initiative(initiative).values_list("pk", flat=True)))


def read_received_exchange(initiative: Initiative, received: UploadedFile) -> ExchangeReading:
    """Return what a received workbook says. Nothing is written.

    Raises SpreadsheetRefused when the file itself is refused, DomainError when it is not a workbook of this démarche.
    """
    if (received.size or 0) > MAX_FILE_BYTES:
        raise SpreadsheetRefused("too_heavy")
    sheets = read_spreadsheet(received.read(), received.name or "", limits=EXCHANGE_LIMITS)
    known = {
        sheet.number: KnownSheet(
            sheet.pk, frozenset(name for name in LONG_FIELDS if len(getattr(sheet, name)) > LONGEST_TEXT)
        )
        for sheet in ActionSheet.objects.for_initiative(initiative).only("pk", "number", *LONG_FIELDS)
    }
    return read_exchange(sheets, expected=marks_of(initiative), known=known, names=exchange_names(initiative))
