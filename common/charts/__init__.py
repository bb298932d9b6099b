"""Charts of the screens and of the PDF: pure functions that return SVG with its title and its colours."""
