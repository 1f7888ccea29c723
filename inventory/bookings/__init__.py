"""Slice: who may use which bench when."""
