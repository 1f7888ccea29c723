"""Slice: rooms and the workstations in them."""
