"""Slice: files people hand in as evidence, and what they belong to."""
