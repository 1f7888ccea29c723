"""Slice: what was available, booked and really used, from measurement."""
