"""Slice: who works at a school's stations, with which roles and certificates."""
