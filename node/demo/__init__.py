"""A federation on one machine, from founding to agreement, with real open data and real processes."""
