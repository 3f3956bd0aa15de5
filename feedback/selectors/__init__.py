"""The questions of feedback."""
