"""Slice: who may book what, when and for how long, as rows of data."""
