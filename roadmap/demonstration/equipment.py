"""The flash inventory of the demonstration."""
