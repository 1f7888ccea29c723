"""Slice: whether anything of the benches' data is lost, and where it is delayed."""
