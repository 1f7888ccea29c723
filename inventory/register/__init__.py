"""The register as people look through it: searched, filtered, with what ends when."""
