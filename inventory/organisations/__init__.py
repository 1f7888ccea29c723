"""Slice: schools and those who evaluate or visit them."""
