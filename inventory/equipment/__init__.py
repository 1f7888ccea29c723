"""The equipment register: what a school says it has."""
