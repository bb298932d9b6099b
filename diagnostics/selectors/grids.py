"""Interview grids: the file that was sent, read against its round."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from common.spreadsheets.process import LIMITS, MAX_FILE_BYTES, SpreadsheetRefused, read_spreadsheet
from diagnostics.grids.people import GridPerson
from diagnostics.grids.reader import GridReading, read_grid
from diagnostics.models import COMMENT_MAX_LENGTH, Diagnosis

# One character more than a comment may have: a longer one is seen, and refused.
_LIMITS = LIMITS | {"text": COMMENT_MAX_LENGTH + 1}


def read_received_grid(
    diagnosis: Diagnosis, received: UploadedFile, people: Sequence[GridPerson], chosen: GridPerson | None
) -> GridReading:
    """Return what a received grid says. Nothing is written.

    Raises SpreadsheetRefused when the file itself is refused, DomainError when it is not a grid of this round.
    """
    if (received.size or 0) > MAX_FILE_BYTES:
        raise SpreadsheetRefused("too_heavy")
    sheets = read_spreadsheet(received.read(), received.name or "", limits=_LIMITS)
    return read_grid(sheets, diagnosis=diagnosis, questions=diagnosis.asked_questions(), people=people, chosen=chosen)
