"""UDS read requests, armed and within a budget, and what is overheard on the bus."""
