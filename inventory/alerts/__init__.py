"""Slice: what somebody should look at now, opened and closed by watching."""
