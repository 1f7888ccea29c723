"""Slice: what is free at a time, and when a set is free next."""
