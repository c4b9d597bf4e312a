// The list of discrepancies, its filters and the card of a household. What is selected stands in the address behind "#".
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const PAGE = 100;
  const CHOICES = ["village", "enumerator", "rule", "severity", "assurance", "state"];
  const COLUMN = { village: "village_code", enumerator: "enumerator_id", rule: "rule", state: "state" };
  const SORTS = ["severity", "rule", "village", "enumerator", "household"];
  const SEVERITIES = ["mandatory", "verify", "hint"];
  const { columns, names } = data;
  const by = (id) => document.getElementById(id);
  const form = by("filters");
  let language = data.language;
  let selection = {};
  let hits = [];

  const value = (column, i) => names[column][columns[column][i]];
  const rule = (i) => data.rules[value("rule", i)];
  const word = (key, places = {}) =>
    data.words[key][language].replace(/\{([a-z_]+)\}/g, (all, place) => (place in places ? places[place] : all));
  const both = (text) => text[language];
  const message = (i) => told((language === data.language ? columns.message : columns.translation)[i]);

  function element(name, attributes = {}, ...inside) {
    const made = document.createElement(name);
    for (const [key, given] of Object.entries(attributes)) made.setAttribute(key, given);
    made.append(...inside);
    return made;
  }

  // What comes from data may be of another direction or language than the page.
  const told = (text) => element("bdi", {}, text);

  // The parts of a unit's name that are the registered unit's: H1/3 is of household H1.
  function household(i) {
    const depth = data.depth[value("table", i)];
    return depth ? columns.unit[i].split("/").slice(0, depth).join("/") : "";
  }

  const village = (code) => [data.villages[code] || "", code].join(" ").trim();

  const searched = [];
  function text(i) {
    searched[i] ??= [
      columns.unit[i], columns.message[i], columns.translation[i], value("rule", i), rule(i).title.zh, rule(i).title.en,
      village(value("village_code", i)), value("enumerator_id", i),
    ].join("\n").toLowerCase();
    return searched[i];
  }

  function fits(i, wanted) {
    for (const key of Object.keys(COLUMN)) if (wanted[key] && value(COLUMN[key], i) !== wanted[key]) return false;
    if (wanted.severity && rule(i).severity !== wanted.severity) return false;
    if (wanted.assurance && !rule(i).assurances.includes(wanted.assurance)) return false;
    return !wanted.q || text(i).includes(wanted.q.toLowerCase());
  }

  const KEYS = {
    severity: (i) => SEVERITIES.indexOf(rule(i).severity) + value("rule", i),
    rule: (i) => value("rule", i),
    village: (i) => value("village_code", i) + "\n" + columns.unit[i],
    enumerator: (i) => value("enumerator_id", i) + "\n" + columns.unit[i],
    household: (i) => columns.unit[i],
  };

  function select() {
    hits = [];
    for (let i = 0; i < data.n; i++) if (fits(i, selection)) hits.push(i);
    const key = KEYS[selection.sort] || KEYS.severity;
    const keys = new Map(hits.map((i) => [i, key(i)]));
    hits.sort((a, b) => (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : a - b));
  }

  function address(wanted) {
    const given = new URLSearchParams(Object.entries(wanted).filter(([, v]) => v));
    return "#" + (given.toString() || "list");
  }

  function tag(kind, label) {
    return element("span", { class: "tag " + kind }, label);
  }

  function line(i) {
    const id = value("rule", i), place = value("village_code", i), home = household(i);
    const said = [message(i)];
    if (value("state", i) !== "open") {
      said.push(" ", tag(value("state", i), word(value("state", i))), " ", told(columns.note[i]));
    }
    const where = home
      ? element("a", { href: address({ ...selection, household: home }), "data-household": home }, told(columns.unit[i]))
      : told(columns.unit[i]);
    const named = element("a", { href: "#rule-" + id }, id);
    const several = names.profile.length > 1 ? [" (", value("profile", i), ")"] : [];
    const made = element("tr", {},
      element("td", {}, tag(rule(i).severity, word(rule(i).severity))),
      element("td", {}, named, " " + both(rule(i).title), ...several),
      element("td", {}, where),
      element("td", {}, ...said),
      element("td", {}, told(village(place))),
      element("td", {}, told(value("enumerator_id", i))),
      element("td", {}, told(source(i))),
    );
    if (value("state", i) !== "open") made.className = "done";
    for (const cell of made.children) cell.setAttribute("role", "cell");
    made.setAttribute("role", "row");
    return made;
  }

  function source(i) {
    const row = columns.row[i];
    return row === null ? value("source", i) : word("place", { source: value("source", i), row });
  }

  function list() {
    const pages = Math.max(1, Math.ceil(hits.length / PAGE));
    const page = Math.min(Math.max(1, Number(selection.page) || 1), pages);
    const from = (page - 1) * PAGE, to = Math.min(hits.length, from + PAGE);
    by("rows").tBodies[0].replaceChildren(...hits.slice(from, to).map(line));
    by("count").textContent = hits.length ? word("count", { n: hits.length, from: from + 1, to }) : word("none");
    by("page").textContent = page + " / " + pages;
    by("previous").disabled = page <= 1;
    by("next").disabled = page >= pages;
    by("pager").hidden = pages < 2;
    by("permalink").href = address(selection);
  }

  function card() {
    const home = selection.household;
    const found = [];
    if (home) for (let i = 0; i < data.n; i++) if (household(i) === home) found.push(i);
    by("card").hidden = !found.length;
    if (!found.length) return;
    by("card-title").replaceChildren(told(word("card", { unit: both(data.units[data.unit]), name: home })));
    const places = new Set(found.map((i) => village(value("village_code", i))).filter(Boolean));
    const people = new Set(found.map((i) => value("enumerator_id", i)).filter(Boolean));
    by("card-place").replaceChildren(told([...places, ...people].join(" · ")));
    by("card-list").replaceChildren(...found.map(item));
    by("card-cut").hidden = data.complete;
  }

  function item(i) {
    const made = element("li", {},
      tag(rule(i).severity, word(rule(i).severity)), " ",
      element("a", { href: "#rule-" + value("rule", i) }, value("rule", i)), " " + both(rule(i).title),
      element("p", {}, told(columns.unit[i]), " ", message(i)),
    );
    if (value("state", i) === "open") {
      made.append(element("p", { class: "ask" }, word("ask") + " → " + both(rule(i).ask)));
    } else {
      made.append(element("p", {}, tag(value("state", i), word(value("state", i))), " ", told(columns.note[i])));
    }
    return made;
  }

  function options() {
    const codes = {
      village: names.village_code.map((c) => [c, village(c)]),
      enumerator: names.enumerator_id.map((c) => [c, c]),
      rule: names.rule.map((r) => [r, r + " " + both(data.rules[r].title)]),
      severity: SEVERITIES.map((s) => [s, word(s)]),
      assurance: Object.entries(data.assurances).map(([name, title]) => [name, both(title)]),
      state: names.state.map((s) => [s, word(s)]),
    };
    for (const name of CHOICES) {
      const known = codes[name].filter(([code]) => code).sort((a, b) => (a[0] < b[0] ? -1 : 1));
      if (name === "severity" || name === "assurance") known.splice(0, known.length, ...codes[name]);
      form.elements[name].replaceChildren(
        element("option", { value: "" }, word("all")),
        ...known.map(([code, label]) => element("option", { value: code }, label)),
      );
    }
    form.elements.sort.replaceChildren(...SORTS.map((s) => element("option", { value: s }, word(s))));
  }

  function fill() {
    for (const name of ["q", ...CHOICES]) form.elements[name].value = selection[name] || "";
    form.elements.sort.value = SORTS.includes(selection.sort) ? selection.sort : "severity";
  }

  function show() {
    select();
    fill();
    list();
    card();
  }

  function go(changes) {
    selection = { ...selection, page: "", ...changes };
    history.replaceState(null, "", address(selection));
    show();
  }

  function speak(chosen) {
    language = chosen === "zh" ? "zh" : "en";
    root.lang = root.dataset.language = language;
    for (const button of document.querySelectorAll("[data-speak]")) {
      button.setAttribute("aria-pressed", String(button.dataset.speak === language));
    }
    document.title = word("report") + " · " + both(data.title);
    options();
    show();
  }

  // An address names a selection (a=b), or a place of the page.
  function arrive() {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      selection = Object.fromEntries(new URLSearchParams(hash));
      if (selection.lang && selection.lang !== language) speak(selection.lang);
      else show();
      if (selection.household && !by("card").hidden) by("card-title").focus();
      else by("list").scrollIntoView();
    } else if (hash.startsWith("rule-")) {
      const place = by(decodeURIComponent(hash));
      if (place) {
        place.open = true;
        place.scrollIntoView();
        place.querySelector("summary").focus();
      }
    }
  }

  form.addEventListener("input", (event) => go({ [event.target.name]: event.target.value }));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    const { lang } = selection;
    selection = lang ? { lang } : {};
    go({});
  });
  by("previous").addEventListener("click", () => turn(-1));
  by("next").addEventListener("click", () => turn(1));
  by("card-close").addEventListener("click", () => {
    const home = selection.household;
    go({ household: "", page: selection.page });
    const link = [...document.querySelectorAll("[data-household]")].find((a) => a.dataset.household === home);
    (link || by("list")).focus();
  });
  for (const button of document.querySelectorAll("[data-speak]")) {
    button.addEventListener("click", () => {
      if ("lang" in selection || location.hash.includes("=")) {
        selection.lang = button.dataset.speak;
        history.replaceState(null, "", address(selection));
      }
      speak(button.dataset.speak);
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-filter]");
    if (!link) return;
    event.preventDefault();
    go({ household: "", [link.dataset.filter]: link.dataset.value });
    by("list").scrollIntoView();
    by("list").focus({ preventScroll: true });
  });
  window.addEventListener("hashchange", arrive);

  function turn(step) {
    go({ page: String((Number(selection.page) || 1) + step) });
    by("list").scrollIntoView();
  }

  root.classList.add("scripted");
  by("rows").setAttribute("role", "table");
  by("rows").tHead.setAttribute("role", "rowgroup");
  by("rows").tHead.rows[0].setAttribute("role", "row");
  for (const head of by("rows").tHead.rows[0].cells) head.setAttribute("role", "columnheader");
  by("rows").tBodies[0].setAttribute("role", "rowgroup");
  speak(language);
  arrive();
})();
