"""Slice: the past of benches: rollups, utilisation, timelines, comparisons."""
