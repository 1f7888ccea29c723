"""Slice: findings that became work, until the check passes or somebody accepts what was done."""
