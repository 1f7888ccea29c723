"""The bench's memory on disk: rows until ingest acknowledges them, and the rules' state with them.

A row, and the state of the rules that produced it, are committed in one transaction, so that
a killed bridge neither loses a step of a fault nor reports it twice.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from can_bridge import spool_rows
from can_bridge.errors import SpoolDamaged, SpoolRefused
from can_bridge.spool_file import DATABASE_ERRORS, SpoolFile, says_damaged
from can_bridge.spool_ledger import AckKind, Ledger, Stretch
from can_bridge.spool_opening import open_or_rescue
from can_bridge.spool_overflow import GivenUp, Removed, give_up_oldest_samples
from can_bridge.spool_rescue import Remembered, files_set_aside, rescue
from can_bridge.spool_rows import SpooledRow
from telemetry.contract.delivery import MAX_UNACKNOWLEDGED
from telemetry.contract.payloads import DurableMessage, Samples


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How large a spool may grow.

    `max_bytes` bounds the payload of waiting rows; the file itself is capped at twice that, and
    never takes more than a quarter of the free disk, because SQLite cannot even delete on a full
    disk (measured). 256 MB hold about two days of a bench with 5 messages of 300 bytes a second.
    """

    max_bytes: int = 256 * 1024 * 1024


class Spool:
    """Disk queue of one bench; used by one thread.

    Every opening begins a new epoch, so that a file that was restored from a copy never gives a
    number twice. Counts: `rows` and `payload_bytes` wait; `refused_commits` and `refused_rows`
    since it was opened, `files_set_aside` ever; `trouble` says why the last commit was refused,
    "" when it was not.
    """

    def __init__(
        self,
        path: Path,
        bench: str,
        limits: SpoolLimits | None = None,
        accepted_log: Path | None = None,
    ) -> None:
        """Open or create; `accepted_log` records each committed (epoch, seq) for crash tests.

        A damaged file is replaced by one with its sound rows.

        Raises:
            SpoolUnusable: it can't be opened now, or is of another bench.
        """
        self._path = path
        self._bench = bench
        self._wanted_bytes = (limits or SpoolLimits()).max_bytes
        self._released: list[Stretch] = []
        self.rows = self.payload_bytes = 0
        self.refused_commits = self.refused_rows = self._untold_refused = 0
        self.trouble = ""
        self.committed_rows = 0
        self._file = open_or_rescue(path, bench, self._wanted_bytes)
        self._ledger = self._file.ledger.begun(secrets.randbelow(2**53 - 2) + 1)
        self._count_waiting()
        self._accepted = (
            os.open(accepted_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            if accepted_log
            else None
        )

    @property
    def epoch(self) -> int:
        """Identity of this opening."""
        return self._ledger.present.epoch

    @property
    def last_seq(self) -> int:
        """The newest sequence number of this opening; 0 while there is none."""
        return self._ledger.present.last_seq

    @property
    def ledger(self) -> Ledger:
        """Epochs and losses as of now."""
        return self._ledger

    @property
    def limit_bytes(self) -> int:
        """How many bytes of payload may wait."""
        return self._file.max_bytes

    @property
    def dropped_rows(self) -> int:
        """Rows that were lost since the spool was made: given up, damaged, refused by the disk."""
        ledger = self._ledger
        return ledger.given_up + ledger.damaged + ledger.refused + self._untold_refused

    def commit(
        self, drafts: Sequence[DurableMessage], states: Mapping[str, bytes]
    ) -> list[SpooledRow]:
        """Store messages and states in one durable transaction; on failure nothing changes.

        Epoch and seq of the drafts are replaced. When the spool is full the oldest sample rows are
        replaced by one record that says how many were given up; usage and fault rows are kept.
        Samples that were refused are counted, and told by a record in the next commit.

        Raises:
            SpoolRefused: the disk is full or fails.
        """
        try:
            try:
                rows = self._try_commit(drafts, states)
            except (*DATABASE_ERRORS, SpoolDamaged) as failed:
                self._recover(failed)
                rows = self._try_commit(drafts, states)
        except (*DATABASE_ERRORS, SpoolDamaged, OSError) as failed:
            samples = sum(isinstance(draft, Samples) for draft in drafts)
            self.refused_commits += 1
            self.refused_rows += samples
            self._untold_refused += samples
            self.trouble = str(failed)
            raise SpoolRefused(self._path, str(failed)) from failed
        self.trouble = ""
        self.committed_rows += len(rows)
        if self._accepted is not None and rows:
            lines = "".join(f"{row.epoch} {row.seq}\n" for row in rows)
            os.write(self._accepted, lines.encode("ascii"))
        return rows

    def _try_commit(
        self, drafts: Sequence[DurableMessage], states: Mapping[str, bytes]
    ) -> list[SpooledRow]:
        records = self._refusal_record(drafts)
        present = self._ledger.present
        after = present.last_seq + len(records)
        rows = [*records, *spool_rows.numbered(drafts, present, after)]
        file, kept = self._file, {**self._file.states, **states}
        file.mind_the_disk()
        file.db.execute("BEGIN IMMEDIATE")
        try:
            for stretch in self._released:
                spool_rows.delete(file.db, stretch.first, stretch.last)
            new_bytes = sum(len(row.payload) for row in rows)
            given_up = self._make_room(new_bytes)
            spool_rows.insert(file.db, rows)
            observed_at_ms = drafts[-1].observed_at_ms if drafts else self._ledger.observed_at_ms
            ledger = msgspec.structs.replace(
                self._ledger.with_rows(len(rows), observed_at_ms),
                commits=self._ledger.commits + 1,
                given_up=self._ledger.given_up + given_up.samples,
                refused=self._ledger.refused + sum(record.given_up for record in records),
            )
            file.write(ledger, kept)
            file.db.execute("COMMIT")
        except BaseException:
            file.roll_back()
            raise
        self._ledger, file.states = ledger, kept
        self._released.clear()
        self._untold_refused -= sum(record.given_up for record in records)
        self.rows += len(rows) - given_up.removed.rows
        self.payload_bytes += new_bytes - given_up.removed.size
        return rows[len(records) :]

    def _make_room(self, new_bytes: int) -> GivenUp:
        excess = self.payload_bytes + new_bytes - self._file.max_bytes
        if excess <= 0:
            return GivenUp(0, Removed(0, 0))
        wanted = excess + self._file.max_bytes // 10
        return give_up_oldest_samples(self._file.db, wanted, keep=MAX_UNACKNOWLEDGED)

    def _refusal_record(self, drafts: Sequence[DurableMessage]) -> list[SpooledRow]:
        if not self._untold_refused:
            return []
        last, seq = self._ledger.last_position, self.last_seq + 1
        observed_at_ms = drafts[0].observed_at_ms if drafts else self._ledger.observed_at_ms
        return [
            spool_rows.gap_record(
                last + 1, self.epoch, (seq, seq), self._untold_refused, observed_at_ms
            )
        ]

    def release(self, epoch: int, seq: int) -> AckKind:
        """Note that everything of an epoch up to `seq` is stored; rows go with the next commit.

        Raises:
            SpoolRefused: the disk fails; nothing is noted.
        """
        ledger, kind = self._ledger.after_ack(epoch, seq)
        span = self._ledger.span_of(epoch)
        waited = span.waiting if span else None
        if kind is not AckKind.FURTHER or span is None or waited is None:
            return kind
        last = min(waited.last, span.base + seq)
        try:
            rows, size = spool_rows.count(self._file.db, waited.first, last)
        except DATABASE_ERRORS as failed:
            raise SpoolRefused(self._path, str(failed)) from failed
        self._ledger = ledger
        self._released.append(Stretch(epoch, waited.first, last))
        self.rows -= rows
        self.payload_bytes -= size
        return kind

    def oldest(self, after_position: int, limit: int) -> list[SpooledRow]:
        """Waiting rows beyond a position, in order.

        Raises:
            SpoolRefused: the disk fails, or there is no room to carry on from a damaged file.
        """
        try:
            rows, is_sound = self._read(after_position, limit)
            if not (rows or is_sound):
                self._rescue("rows")
                rows, _ = self._read(after_position, limit)
        except (*DATABASE_ERRORS, OSError) as failed:
            raise SpoolRefused(self._path, str(failed)) from failed
        return rows

    def _read(self, after_position: int, limit: int) -> tuple[list[SpooledRow], bool]:
        """Rows up to the first that is damaged or missing, and whether there is none such."""
        expected = self._ledger.waiting_after(after_position)
        if expected is None:
            return [], True
        rows: list[SpooledRow] = []
        try:
            found = spool_rows.standing_at(self._file.db, expected, limit)
        except DATABASE_ERRORS as failed:
            if not says_damaged(failed):
                raise
            return [], False
        for row in found:
            if row is None or row.position > expected:
                return rows, False
            if row.last_position < expected:
                continue
            rows.append(row)
            following = self._ledger.waiting_after(row.last_position)
            if following is None:
                break
            expected = following
        return rows, bool(rows)

    def state(self, name: str) -> bytes | None:
        """The state committed last under that name."""
        return self._file.states.get(name)

    def close(self) -> None:
        """Apply what was released and close the file."""
        if self._released or self._untold_refused:
            with contextlib.suppress(SpoolRefused):
                self.commit([], {})
        self._file.close()
        if self._accepted is not None:
            os.close(self._accepted)

    def _recover(self, failed: Exception) -> None:
        if says_damaged(failed):
            self._rescue(str(failed))
        else:
            # on a full disk the log may not grow, but what it holds may have a place in the file
            self._file.make_way()

    def _rescue(self, reason: str) -> None:
        known = Remembered(self._ledger, self._file.states)
        # closed it stays where the rescue fails; the next call finds that and tries again
        self._file.close()
        rescue(self._path, self._bench, self._wanted_bytes, reason, known)
        self._file = SpoolFile(self._path, self._bench, self._wanted_bytes)
        self._ledger = self._file.ledger
        self._released.clear()
        self._count_waiting()

    def _count_waiting(self) -> None:
        self.files_set_aside = files_set_aside(self._path)
        last = self._ledger.last_position
        self.rows, self.payload_bytes = spool_rows.count(self._file.db, 0, last)
