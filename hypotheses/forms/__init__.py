"""The shape of what people type on the pages of this floor; nothing is saved here."""
