"""Documents to open a démarche: invitation of the committee, argument on one page, mission letter of the référent."""
