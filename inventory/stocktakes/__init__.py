"""Slice: stocktakes, from the first scan to the signed record and its proposals."""
