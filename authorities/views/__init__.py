"""Views of the authorities application, one module for each group of screens."""
