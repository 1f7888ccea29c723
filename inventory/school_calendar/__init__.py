"""Slice: when a school is open, its terms, lesson periods and days off."""
