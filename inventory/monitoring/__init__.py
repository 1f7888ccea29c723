"""Slice: live benches with their faults and usage, as routes and streams."""
