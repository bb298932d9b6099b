"""The archive of an authority: everything it holds in one file, that another instance reads back identically."""

from roadmap.archive.reading import ArchiveError, restore_archive
from roadmap.archive.writing import archive_name, build_archive

__all__ = ["ArchiveError", "archive_name", "build_archive", "restore_archive"]
