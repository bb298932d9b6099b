"""Action sheets edited off line: one workbook out, read back with a preview."""
