CREATE TABLE IF NOT EXISTS bench (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    birth BLOB,
    state BLOB,
    last_seen_at_ms INTEGER,
    row_count INTEGER NOT NULL DEFAULT 0,
    duplicate_count INTEGER NOT NULL DEFAULT 0,
    rejected_count INTEGER NOT NULL DEFAULT 0,
    dropped_count INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS frame (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    observed_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (bench_id, epoch, seq)
);
CREATE INDEX IF NOT EXISTS frame_by_time ON frame (bench_id, observed_at_ms);
CREATE INDEX IF NOT EXISTS frame_of_bench ON frame (bench_id);
CREATE INDEX IF NOT EXISTS frame_by_arrival ON frame (received_at_ms);
CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    stream TEXT NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (bench_id, epoch, seq)
);
CREATE TABLE IF NOT EXISTS gap (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (bench_id, epoch, first_seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    watermark INTEGER NOT NULL,
    islands TEXT NOT NULL,
    PRIMARY KEY (bench_id, epoch)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ingest_status (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content BLOB NOT NULL
);
