"""Simulated benches as products: plant models that speak the same DBC as real hardware."""
