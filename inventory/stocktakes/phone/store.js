// What the phone keeps: scans and photos until they are sent, and the sheet to work from.
// Photos are kept as plain bytes, since some browsers lose blobs they were told to keep.

const NAME = "stocktake";
const STORES = { scans: "client_id", photos: "id", sheets: "id", facts: "name" };
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) {
        request.result.createObjectStore(store, { keyPath });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(stores, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    // "strict" asks the browser to have it on the disk before it says so
    const change = database.transaction(stores, mode, { durability: "strict" });
    let result;
    change.oncomplete = () => resolve(result);
    change.onabort = () => reject(change.error);
    change.onerror = () => reject(change.error);
    const request = work(change);
    if (request) request.onsuccess = () => (result = request.result);
  });
}

export const all = (store) => run([store], "readonly", (t) => t.objectStore(store).getAll());
export const get = (store, key) => run([store], "readonly", (t) => t.objectStore(store).get(key));
export const put = (store, value) =>
  run([store], "readwrite", (t) => t.objectStore(store).put(value));
export const remove = (store, key) =>
  run([store], "readwrite", (t) => t.objectStore(store).delete(key));

// A scan and its photos together or not at all.
export const putScan = (scan, photos = []) =>
  run(["scans", "photos"], "readwrite", (t) => {
    for (const photo of photos) t.objectStore("photos").put(photo);
    t.objectStore("scans").put(scan);
  });

// That scans are about to be sent: from now on only the server knows whether it has them.
export const markTried = (clientIds) =>
  run(["scans"], "readwrite", (t) => {
    const scans = t.objectStore("scans");
    for (const id of clientIds) {
      const request = scans.get(id);
      request.addEventListener("success", () => {
        if (request.result) scans.put({ ...request.result, isTried: true });
      });
    }
  });

// What became of a scan that was sent: only if it is still there and still waits.
export const settle = (clientId, facts) =>
  run(["scans", "photos"], "readwrite", (t) => {
    const scans = t.objectStore("scans");
    const request = scans.get(clientId);
    request.addEventListener("success", () => {
      const known = request.result;
      if (!known) return;
      scans.put({ ...known, ...facts });
      if (facts.state !== "refused") {
        for (const id of known.photos) t.objectStore("photos").delete(id);
      }
    });
  });

export async function fact(name, otherwise = null) {
  return (await get("facts", name))?.value ?? otherwise;
}

export const keepFact = (name, value) => put("facts", { name, value });

// crypto.randomUUID is missing where the page came without TLS.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

export async function deviceId() {
  const known = await fact("device");
  if (known) return known;
  const made = newId();
  await keepFact("device", made);
  return made;
}
