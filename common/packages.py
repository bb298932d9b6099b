"""Files that libraries zip: without the clock of the machine, so that the same content gives the same bytes."""

import io
import re
import zipfile
from datetime import UTC, datetime

_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def settle(content: bytes, written_at: datetime) -> bytes:
    """Return the same package, each of its dates that of the document; also in the workbook behind a chart."""
    stamp = written_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            part = source.read(item)
            if item.filename == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", part)
            elif item.filename.endswith(".xlsx"):
                part = settle(part, written_at)
            entry = zipfile.ZipInfo(item.filename, _ENTRY_DATE)
            entry.compress_type, entry.external_attr = item.compress_type, 0o644 << 16
            archive.writestr(entry, part)
    return target.getvalue()
