"""Equipment, requirement lists, readiness and who may see them."""
