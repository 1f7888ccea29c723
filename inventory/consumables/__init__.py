"""Slice: consumables, their movements, and when there is too little."""
