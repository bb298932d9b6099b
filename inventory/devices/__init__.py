"""Import of a table of the estate, one row a device or one row a quantity: columns, families, ages, report, undo."""
