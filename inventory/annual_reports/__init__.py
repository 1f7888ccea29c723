"""Slice: what a pilot school reports once a year, its training batches and its words."""
