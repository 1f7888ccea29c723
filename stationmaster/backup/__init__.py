"""Backups of a whole installation: taken while it works, verified, restored all or nothing."""
