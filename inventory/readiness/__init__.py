"""Readiness: is this station ready, and if not, what exactly is missing and how is it mended?"""
