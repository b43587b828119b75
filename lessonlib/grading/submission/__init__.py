"""A submission's notebook, before and after it runs: read, repaired, cut short, made harmless."""
