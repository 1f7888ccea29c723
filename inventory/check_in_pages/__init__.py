"""Slice: the page and the box by which a phone that scanned a label checks in to a booking."""
