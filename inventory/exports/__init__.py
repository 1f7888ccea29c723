"""Slice: files of a bench's rows, made in the background and kept for a while."""
