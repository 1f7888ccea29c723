"""Rows of a bench as files for other programs: CSV, Parquet, MF4."""
