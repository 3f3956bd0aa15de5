"""Other systems, on this machine: they page, ask for pauses, fail and repeat themselves, as the real ones do."""
