"""Slice: training and exam stations."""
