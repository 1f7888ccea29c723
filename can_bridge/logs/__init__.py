"""Recorded traffic: readers, writers and statistics of every log format in use."""
