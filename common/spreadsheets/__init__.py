"""Reading of spreadsheets that people send: limits, child process, cells as plain values."""
