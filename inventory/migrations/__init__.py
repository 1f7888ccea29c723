"""How the relational database grows from version to version."""
