"""The doors of this floor: each reads the request, makes one call and answers."""
