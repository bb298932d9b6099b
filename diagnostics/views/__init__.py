"""Views of the diagnosis, by screen."""
