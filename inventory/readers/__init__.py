"""Reading of an inventory that people send: from cells to lines with their reasons."""
