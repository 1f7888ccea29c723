"""Slice: a code on the thing by which anybody says that it is broken, without an account."""
