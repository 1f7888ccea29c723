"""Slice: what rigs earned, inside the school and outside, entry by entry."""
