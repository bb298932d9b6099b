"""Documents made from a roadmap: a snapshot of everything that is printed, then the files rendered from it alone."""
