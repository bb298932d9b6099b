"""Reading of spreadsheets that people send: limits, child process, then lines with their reasons."""
