"""DBC files as people really have them: repaired, loaded, and every repair reported."""
