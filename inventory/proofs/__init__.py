"""Slice: what was calibrated, verified, tested and checked, and how long that proves something."""
