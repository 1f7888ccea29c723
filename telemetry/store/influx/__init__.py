"""The store whose rows come to rest in InfluxDB: 1.x, 2.x or 3.x, written and read over HTTP."""
