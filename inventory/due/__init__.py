"""Slice: what ends when, and whom to remind of it."""
