"""Requirement lists: what the evaluation organisation asks a station to have."""
