"""How fast and how right: ratios measured in one run on a throw-away database, each beside its target."""
