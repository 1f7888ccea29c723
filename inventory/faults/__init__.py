"""Slice: what benches report as broken."""
