"""Slice: what a school shares, and how somebody from outside gets to use it 开放共享."""
