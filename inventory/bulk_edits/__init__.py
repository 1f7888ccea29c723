"""Slice: one change to many pieces of the register, and taking it back."""
