"""Slice: what is to be repaired, whoever found it, and what is out of use meanwhile."""
