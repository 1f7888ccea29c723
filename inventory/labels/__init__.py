"""Slice: labels on equipment, each with a short code that a phone reads or a person types."""
