"""The composition root and command line: the only package that knows every other one."""
