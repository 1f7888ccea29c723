"""Slice: what was done, by whom and when."""
