"""Slice: benches that report themselves."""
