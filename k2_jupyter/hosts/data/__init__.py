"""Data files that a task speaks of; for every host."""
