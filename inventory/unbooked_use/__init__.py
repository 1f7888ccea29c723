"""Slice: use of rigs in nobody's booking, what explains it, and whose it was found to be."""
