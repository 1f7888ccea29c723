"""Slice: when benches were really used."""
