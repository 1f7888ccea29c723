"""Slice: which booking of mine the label on a thing lets me check in to."""
