"""Slice: a station's way from application to running, as the guide orders it."""
