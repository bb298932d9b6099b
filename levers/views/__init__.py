"""Views of the levers application, by noun."""
