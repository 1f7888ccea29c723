-- up to which row of each bench everything was sent (or kept back), and how many rows that are
CREATE TABLE IF NOT EXISTS influx_sent (
    bench_id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    row_count INTEGER NOT NULL
);
-- hours of which rows were sent; away: 0 rows are here as well, 1 only there, 2 they stay here
CREATE TABLE IF NOT EXISTS influx_hour (
    bench_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    highest_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    away INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    first_position INTEGER NOT NULL DEFAULT 0,
    last_position INTEGER NOT NULL DEFAULT 0,
    fields_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bench_id, hour)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS influx_hour_away ON influx_hour (bench_id, last_position) WHERE away = 1;
CREATE TABLE IF NOT EXISTS influx_fields (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL UNIQUE
);
-- runs of a bench's rows that InfluxDB did not get, and why; they stay in this file
CREATE TABLE IF NOT EXISTS influx_kept (
    bench_id INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    last_received_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (bench_id, first_position)
) WITHOUT ROWID;
-- hours whose rollups InfluxDB lacks; made anew they are due under another number
CREATE TABLE IF NOT EXISTS influx_rollup_due (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bench_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    UNIQUE (bench_id, hour)
);
CREATE TRIGGER IF NOT EXISTS influx_rollup_made AFTER INSERT ON minute_rollup BEGIN
    DELETE FROM influx_rollup_due WHERE bench_id = NEW.bench_id AND hour = NEW.hour;
    INSERT INTO influx_rollup_due (bench_id, hour) VALUES (NEW.bench_id, NEW.hour);
END;
CREATE TABLE IF NOT EXISTS influx_status (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content BLOB NOT NULL
);
