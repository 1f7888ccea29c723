// What pages that keep a register share: fields of a form, saving it, its paper, tables in and out.

const PAPER_KINDS = ".pdf,.jpg,.jpeg,.png,.webp";

function stackedInput(words, name, attributes = {}) {
  return el("label", { class: "stacked" }, words,
    el("input", { type: "text", name, "data-focus": name, autocomplete: "off", ...attributes }));
}

function stackedChoice(words, name, options, value = "") {
  return el("label", { class: "stacked" }, words, el("select", { name, "data-focus": name },
    ...options.map(([key, text]) => el("option", { value: key, selected: key === value }, text))));
}

function tickBoxes(words, name, options, chosen = []) {
  return el("fieldset", { class: "ticks", "data-ticks": name }, el("legend", {}, words),
    ...options.map(([key, text]) => el("label", { class: "tick" },
      el("input", { type: "checkbox", name, value: key, checked: chosen.includes(key),
        "data-focus": `${name}-${key}` }), text)));
}

// What a form says: ticks as lists, a field that was emptied as null where the server knows one.
function formValues(form, { nullable = [], numbers = [] } = {}) {
  const found = {};
  for (const ticks of form.querySelectorAll("[data-ticks]")) {
    found[ticks.dataset.ticks] = [...ticks.querySelectorAll("input:checked")].map((one) => one.value);
  }
  for (const [name, value] of new FormData(form)) {
    if (Array.isArray(found[name])) continue;
    const text = String(value).trim();
    if (!text && nullable.includes(name)) found[name] = null;
    else found[name] = numbers.includes(name) && text ? Number(text) : text;
  }
  return found;
}

function without(values, isDropped = (value) => value === "" || value === null) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isDropped(value)));
}

class KeepView extends WorkView {
  identity(data) {
    return JSON.stringify([data.lang, data.me.username, data.station?.code, data.use, data.date]);
  }

  // What a shared station of another school keeps to itself is null.
  async allowed(url) {
    try {
      return await getJson(url);
    } catch (error) {
      if (error instanceof Refused && (error.status === 403 || error.status === 404)) return null;
      throw error;
    }
  }

  // A form at the right says by its button that it works, and by its own line why it was refused.
  form(title, fields, act, button = "keeping.save") {
    const told = el("p", { class: "refused", role: "alert" });
    const save = el("button", { type: "submit", class: "main", "data-focus": "save" }, this.say(button));
    const node = el("form", { class: "form", onsubmit: async (event) => {
      event.preventDefault();
      save.disabled = true;
      told.textContent = "";
      try {
        await act(node);
      } catch (error) {
        if (!(error instanceof Problem || error instanceof TypeError || typeof error === "string")) throw error;
        told.textContent = typeof error === "string" ? error : this.refusal(node, error);
      } finally {
        save.disabled = false;
      }
    } }, ...fields, told, save);
    return el("section", { class: "box" }, el("h3", {}, title), node);
  }

  // The server names a field as the API calls it; people know it by the words beside it.
  refusal(node, error) {
    const { problem } = error;
    const known = (name) => (typeof name === "string"
      ? node.querySelector(`[name="${CSS.escape(name)}"], [data-ticks="${CSS.escape(name)}"]`) : null);
    const shape = problem?.errors?.[0];
    const named = [problem?.field, ...shape?.location ?? []].map(known).find(Boolean);
    if (!named) return problemText(this.say, this.data.lang, error);
    named.focus?.();
    const label = named.closest("label, fieldset");
    const field = (label.querySelector("legend") ?? label).firstChild.textContent.replace(/\s*[（(].*/, "");
    const why = problem.expected ?? shape.message;
    if (why.includes("identity number")) return this.say("keeping.no_identity", { field });
    if (problem.field) return problemText(this.say, this.data.lang, new Problem(error.status, { ...problem, field }));
    return this.say("keeping.unacceptable", { field });
  }

  // The id of the paper that was chosen, handed in now; nothing where none was.
  async handIn(picker, organisation) {
    if (!picker.field.files.length) return null;
    const body = new FormData();
    body.append("file", picker.field.files[0]);
    body.append("organisation", organisation);
    return (await send("POST", `${this.data.api}/documents`, body)).id;
  }

  // Whom a thing of the school serves; `chosen` of nobody is all of the school.
  stationTicks(chosen = []) {
    const { say, data } = this;
    const own = data.stations.filter((one) => one.organisation_code === data.station.organisation_code);
    return tickBoxes(say("keeping.stations"), "station_codes", own.map((one) =>
      [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`]), chosen);
  }

  // A button that takes something away asks once more, in its own place.
  twice(key, words, sure, act) {
    const button = el("button", { type: "button", class: "plain", "data-focus": key, onclick: () => {
      if (button.dataset.sure) {
        button.disabled = true;
        act();
        return;
      }
      button.dataset.sure = "yes";
      button.classList.add("late");
      button.textContent = sure;
    } }, words);
    return button;
  }

  picker() {
    const picker = filePicker(this.say, PAPER_KINDS);
    return { ...picker, node: el("div", { class: "stacked" },
      el("span", { class: "small muted" }, this.say("keeping.paper")), picker.label) };
  }

  paper(id) {
    return id ? el("a", { href: `${this.data.api}/documents/${id}/content`, download: true },
      `⇩ ${this.say("keeping.open_paper")}`) : null;
  }

  empty(words, hint) {
    return el("div", { class: "empty" }, el("p", {}, words), hint);
  }
}
