"""Interview grids: filled off line, in a spreadsheet or on paper, and read back with a preview."""
