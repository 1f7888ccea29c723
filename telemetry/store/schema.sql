CREATE TABLE IF NOT EXISTS bench (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    birth BLOB,
    state BLOB,
    last_seen_at_ms INTEGER,
    row_count INTEGER NOT NULL DEFAULT 0,
    duplicate_count INTEGER NOT NULL DEFAULT 0,
    rejected_count INTEGER NOT NULL DEFAULT 0,
    dropped_count INTEGER NOT NULL DEFAULT 0,
    expired_count INTEGER NOT NULL DEFAULT 0,
    quarantined_count INTEGER NOT NULL DEFAULT 0,
    -- the latest offsets of the bench's clock and their median
    clock_offsets TEXT NOT NULL DEFAULT '[]',
    clock_offset_ms INTEGER,
    -- when ingest last heard that hardly any row was waiting
    up_to_date_at_ms INTEGER
);
-- names of a row's signals in order, 0: JSON by name (first schema), -1: msgpack by name
CREATE TABLE IF NOT EXISTS layout (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
);
-- rows not yet sealed
CREATE TABLE IF NOT EXISTS frame (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    observed_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    layout_id INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS frame_of_bench ON frame (bench_id);
-- the latest row of each bench in the order of epochs and numbers
CREATE TABLE IF NOT EXISTS latest (
    bench_id INTEGER PRIMARY KEY REFERENCES bench (id),
    position INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    observed_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    layout_id INTEGER NOT NULL,
    content BLOB NOT NULL
);
-- every bench and hour (of observation) that has rows or rollups, and in which forms
CREATE TABLE IF NOT EXISTS hour (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    hour INTEGER NOT NULL,
    last_received_ms INTEGER NOT NULL,
    hot_rows INTEGER NOT NULL DEFAULT 0,
    first_position INTEGER NOT NULL DEFAULT 0,
    last_position INTEGER NOT NULL DEFAULT 0,
    packs INTEGER NOT NULL DEFAULT 0,
    has_chunk INTEGER NOT NULL DEFAULT 0,
    has_minutes INTEGER NOT NULL DEFAULT 0,
    has_hours INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bench_id, hour)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hour_at_work ON hour (bench_id, hour) WHERE hot_rows > 0 OR packs > 0;
CREATE TABLE IF NOT EXISTS signal (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
-- rows of one bench and hour as columns; part 0: the sealed hour, above: packs of an open one
CREATE TABLE IF NOT EXISTS chunk (
    id INTEGER PRIMARY KEY,
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    hour INTEGER NOT NULL,
    part INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    observed BLOB NOT NULL,
    directory BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS chunk_of_hour ON chunk (bench_id, hour, part);
CREATE INDEX IF NOT EXISTS chunk_by_position ON chunk (bench_id, last_position);
CREATE TABLE IF NOT EXISTS segment (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS minute_rollup (
    id INTEGER PRIMARY KEY,
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    hour INTEGER NOT NULL,
    directory BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS minute_rollup_of_hour ON minute_rollup (bench_id, hour);
-- last: a boolean is a blob of one byte
CREATE TABLE IF NOT EXISTS hour_rollup (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    signal_id INTEGER NOT NULL REFERENCES signal (id),
    hour INTEGER NOT NULL,
    number_count INTEGER NOT NULL,
    minimum REAL,
    maximum REAL,
    total REAL,
    last,
    last_at_ms INTEGER NOT NULL,
    active_ms INTEGER NOT NULL,
    PRIMARY KEY (bench_id, signal_id, hour)
) WITHOUT ROWID;
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
CREATE TABLE IF NOT EXISTS usage_span (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    usage_id TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    is_ended INTEGER NOT NULL,
    PRIMARY KEY (bench_id, usage_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_span_by_time ON usage_span (bench_id, until_ms, started_at_ms);
CREATE TABLE IF NOT EXISTS gap (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (bench_id, epoch, first_seq)
) WITHOUT ROWID;
-- up to where nothing is missing, gaps that were given up included: what a bench may forget;
-- the epochs of a bench in order, and up to where it says it was acknowledged before
CREATE TABLE IF NOT EXISTS received (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    watermark INTEGER NOT NULL,
    islands TEXT NOT NULL,
    ordinal INTEGER NOT NULL DEFAULT 1,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bench_id, epoch)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS received_with_holes ON received (bench_id)
    WHERE islands != '[]' OR acknowledged > watermark;
-- inclusive runs of numbers that were stored, whatever became of their rows: what is a duplicate
CREATE TABLE IF NOT EXISTS stored_run (
    bench_id INTEGER NOT NULL REFERENCES bench (id),
    epoch INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (bench_id, epoch, first_seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ingest_worker (
    worker INTEGER PRIMARY KEY,
    content BLOB NOT NULL
);
-- messages nobody could read; the same bytes on the same topic are one entry
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bench_id INTEGER REFERENCES bench (id),
    topic TEXT NOT NULL,
    digest BLOB NOT NULL,
    payload BLOB NOT NULL,
    payload_bytes INTEGER NOT NULL,
    reason TEXT NOT NULL,
    weight INTEGER NOT NULL,
    first_at_ms INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    epoch INTEGER,
    seq INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS quarantine_by_content ON quarantine (topic, digest);
CREATE INDEX IF NOT EXISTS quarantine_of_bench ON quarantine (bench_id);
CREATE TABLE IF NOT EXISTS quarantine_totals (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    entries INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    given_up INTEGER NOT NULL DEFAULT 0
);
INSERT OR IGNORE INTO quarantine_totals (id) VALUES (1);
