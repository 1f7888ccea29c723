"""Where rows and events of benches rest: the port and its implementations."""
