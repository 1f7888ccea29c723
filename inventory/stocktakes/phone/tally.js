// What is known on the phone: the sheet of the server, and on top what still waits here.

import { readCode } from "./codes.js";

export function plain(location) {
  return location.normalize("NFKC").toLowerCase().replace(/\s/g, "");
}

// The row a text means, by the code of its label or its asset number; null where there is none.
export function rowOf(sheet, scanned) {
  const read = readCode(scanned);
  const byLabel = read.code && sheet.rows.find((row) => row.label === read.code);
  return byLabel || sheet.rows.find((row) => row.asset_number === read.text) || null;
}

export function together(sheet, waiting) {
  const rows = new Map(sheet.rows.map((row) => [row.asset_number, { ...row }]));
  const unknown = new Map(sheet.unknown.map((one) => [one.code, one]));
  for (const scan of waiting) {
    const found = rowOf(sheet, scan.code) ?? toldBy(scan, rows);
    if (!found) {
      const read = readCode(scan.code);
      const code = read.code ?? read.text;
      if (!unknown.has(code)) unknown.set(code, { ...scan, code });
      continue;
    }
    const row = rows.get(found.asset_number);
    row.times += 1;
    const place = scan.location || row.seen?.location || "";
    const isSame = !place || !row.location || plain(place) === plain(row.location);
    row.result = row.is_expected && isSame ? "found" : "wrong_place";
    row.seen = { ...scan, location: place };
    row.isWaiting = true;
  }
  return { rows: [...rows.values()], unknown: [...unknown.values()] };
}

// A piece of the school that was not expected here: the server has named it in its answer.
function toldBy(scan, rows) {
  const { answer } = scan;
  if (!answer?.asset_number) return null;
  if (!rows.has(answer.asset_number)) {
    rows.set(answer.asset_number, {
      ...answer, location: "", quantity: 1, quantity_unit: "", is_expected: false, times: 0,
    });
  }
  return rows.get(answer.asset_number);
}

export function counted(known) {
  const counts = { expected: 0, found: 0, wrong_place: 0, missing: 0, unknown: 0 };
  for (const row of known.rows) counts[row.result] += 1;
  counts.unknown = known.unknown.length;
  return counts;
}
