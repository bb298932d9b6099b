"""Files made from the snapshot of a roadmap: letters, slides, spreadsheets, open data, calendar. No base, no clock."""
