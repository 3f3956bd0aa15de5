"""The questions of this floor."""
