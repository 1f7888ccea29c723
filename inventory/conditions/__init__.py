"""Slice: conditions beyond equipment, what can be computed of them and what people state."""
