"""Doors of this floor: sign-in, profile, links that may be used once, settings."""
