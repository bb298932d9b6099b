"""Views of the inventory, by subject."""
