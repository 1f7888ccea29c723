// The queue: what was scanned goes out in order, as often as it takes, and counts once.

import { Refused, ask } from "./elements.js";
import * as store from "./store.js";

const BATCH = 20;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60000;
const PHOTO_REFUSED = [413, 415, 422];

export class Sender {
  // `onChange` is told after every step; `state` is "idle", "sending", "offline", "login" or "stuck"
  constructor(stocktakeId, who, onChange) {
    this.stocktakeId = stocktakeId;
    this.who = who;
    this.onChange = onChange;
    this.state = "idle";
    this.reason = "";
    this.wait = FIRST_WAIT_MS;
    this.timer = null;
    this.running = null;
    this.isClosed = false;
    this.wake = () => this.flush();
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  async waiting() {
    const scans = await store.all("scans");
    return scans
      .filter((one) => one.stocktakeId === this.stocktakeId && one.state === "queued")
      .sort((a, b) => a.order - b.order);
  }

  // One run at a time; a wish that comes meanwhile is granted by one more look at the queue.
  flush() {
    clearTimeout(this.timer);
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async run() {
    while (this.again && !this.isClosed) {
      this.again = false;
      try {
        await this.sendAll();
        this.wait = FIRST_WAIT_MS;
        this.say("idle");
      } catch (error) {
        this.trouble(error);
        return;
      }
    }
  }

  async sendAll() {
    const device = await store.deviceId();
    for (;;) {
      const waiting = await this.waiting();
      const mine = waiting.filter((one) => one.who === this.who);
      if (mine.length === 0) {
        await this.tell(device, [], waiting.length);
        return;
      }
      this.say("sending");
      const batch = mine.slice(0, BATCH);
      const orders = [];
      for (const scan of batch) orders.push(await this.orderOf(scan));
      await store.markTried(batch.map((one) => one.client_id));
      try {
        await this.settleAll(await this.tell(device, orders, waiting.length - batch.length));
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 422) throw error;
        await this.oneByOne(device, orders, waiting.length - batch.length);
      }
    }
  }

  // One bad scan must not hold up the others.
  async oneByOne(device, orders, unsent) {
    for (const order of orders) {
      try {
        await this.settleAll(await this.tell(device, [order], unsent));
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 422) throw error;
        await store.settle(order.client_id, { state: "refused", reason: error.message });
      }
    }
  }

  tell(device, scans, unsent) {
    return ask(`/stocktakes/${this.stocktakeId}/scans`, {
      method: "POST",
      body: { device_id: device, scans, unsent },
    });
  }

  async settleAll(answer) {
    for (const one of answer.scans) {
      const state = one.outcome === "again" ? "recorded" : one.outcome;
      await store.settle(one.client_id, { state, reason: one.reason, answer: one });
    }
    this.onChange("sent");
  }

  async orderOf(scan) {
    const documentIds = [];
    let { note } = scan;
    for (const id of scan.photos) {
      const sent = await this.documentOf(id);
      if (sent.documentId) documentIds.push(sent.documentId);
      if (sent.refusal) note = `${note} [照片未被接收 photo refused: ${sent.refusal}]`.trim();
    }
    return {
      client_id: scan.client_id,
      scanned_at: scan.scanned_at,
      code: scan.code,
      location: scan.location,
      counted: scan.counted,
      note: note.slice(0, 1000),
      document_ids: documentIds,
    };
  }

  // A photo the server does not want is told of in the scan's note, so that nobody looks for it.
  // What the server said of it is kept, so that a scan which is sent again says the same.
  async documentOf(id) {
    const photo = await store.get("photos", id);
    if (!photo || photo.documentId || photo.refusal) return photo ?? {};
    const form = new FormData();
    form.append("file", new Blob([photo.bytes], { type: photo.type }), `${id}.jpg`);
    let said;
    try {
      said = { documentId: (await ask("/documents", { method: "POST", form })).id };
    } catch (error) {
      if (!(error instanceof Refused) || !PHOTO_REFUSED.includes(error.status)) throw error;
      said = { refusal: error.message };
    }
    await store.put("photos", { ...photo, ...said });
    return said;
  }

  trouble(error) {
    if (!(error instanceof Refused)) return this.later("offline", "");
    if (error.status === 401) return this.say("login");
    if (error.status >= 500 || error.status === 429) return this.later("offline", error.message);
    return this.say("stuck", error.message);
  }

  later(state, reason) {
    this.say(state, reason);
    if (this.isClosed) return;
    this.timer = setTimeout(this.wake, this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  say(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.onChange(state);
  }
}
