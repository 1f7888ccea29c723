"""Slice: under which agreements borrowed things are there, and for how long."""
