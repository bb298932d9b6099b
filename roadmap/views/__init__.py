"""Views of the roadmap application, one module for each group of screens."""
