// The matrix of texts and themes: a chooser for its columns, kept in the address. `themes` comes from themes.js; the markup of a cell and
// of a column's head from the templates in the page, the links from its data attributes.
(function () {
  "use strict";
  const THEMES = window.themes;
  const matrix = document.getElementById("matrix");
  const ID = 0, TITLE = 1, ISSUER = 2, ISSUED = 3, MARKS = 4, WHERE = 5;  // of a text in THEMES
  const texts = THEMES.groups.flatMap(([, members]) => members);
  const known = new Set(texts.map(text => text[ID]));
  const first = matrix.dataset.first.split(" ").filter(Boolean);
  let chosen = new Set();

  function clone(template) {
    return document.getElementById(template).content.firstElementChild.cloneNode(true);
  }

  /** A text for comparing: small letters without accents. */
  function fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function link(pattern, text) {
    return pattern.replace("STATEMENT", encodeURIComponent(text[ID]));
  }

  function columnHead(text) {
    const head = clone("head"), anchor = head.querySelector("a");
    anchor.textContent = anchor.title = text[TITLE];
    anchor.href = link(matrix.dataset.statement, text);
    head.querySelector(".issuer").textContent = text[ISSUER];
    head.querySelector(".year").textContent = text[ISSUED].slice(0, 4);
    return head;
  }

  function cell(text, theme, pattern) {
    const made = clone(`cell-${THEMES.stances[text[MARKS][theme]]}`), anchor = made.querySelector("a");
    if (anchor) {
      anchor.href = link(pattern, text);
      anchor.title = text[WHERE][theme] || "";
    }
    return made;
  }

  function groupHead([title, members]) {
    const head = clone("group");
    head.colSpan = members.length;
    head.firstElementChild.textContent = title;
    return head;
  }

  function keepFirst(row, more) {
    row.replaceChildren(row.firstElementChild, ...more);
  }

  function draw() {
    const groups = THEMES.groups.map(([title, members]) => [title, members.filter(text => chosen.has(text[ID]))])
      .filter(([, members]) => members.length);
    const columns = groups.flatMap(([, members]) => members);
    const [top, heads] = matrix.querySelectorAll("thead tr");
    keepFirst(top, groups.map(groupHead));
    heads.replaceChildren(...columns.map(columnHead));
    matrix.querySelectorAll("tbody tr").forEach((row, theme) => keepFirst(row, columns.map(text => cell(text, theme, row.dataset.passage))));
    tell(columns);
  }

  function tell(columns) {
    const count = new Map(THEMES.stances.map((stance, digit) => [String(digit), 0]));
    for (const text of columns) for (const digit of text[MARKS]) count.set(digit, count.get(digit) + 1);
    const words = THEMES.stances.map((stance, digit) =>
      `${clone(`cell-${stance}`).querySelector(".unseen").textContent}: ${count.get(String(digit)).toLocaleString("en")}`);
    document.getElementById("tally").textContent = columns.length ? `${words.join(", ")}.` : "No text is chosen.";
    document.getElementById("shown-count").textContent = columns.length.toLocaleString("en");
  }

  function asked() {
    const query = new URLSearchParams(location.search);
    const ids = query.has("statements") ? query.getAll("statements").filter(Boolean) : first;
    const lost = ids.filter(id => !known.has(id)).length;
    if (lost) document.getElementById("lost").textContent = `Texts that the address asks for and the dataset does not have: ${lost}.`;
    return ids.filter(id => known.has(id));
  }

  function keep() {
    document.getElementById("lost").textContent = "";
    const same = chosen.size === first.length && first.every(id => chosen.has(id));
    const query = new URLSearchParams(texts.filter(text => chosen.has(text[ID])).map(text => ["statements", text[ID]]));
    history.replaceState(null, "", location.pathname + (same ? "" : `?${chosen.size ? query : "statements="}`));
  }

  function choose(ids) {
    chosen = new Set(ids);
    for (const box of document.querySelectorAll("#choices input")) box.checked = chosen.has(box.value);
    draw();
  }

  function choice(text) {
    const label = document.createElement("label"), box = document.createElement("input"), about = document.createElement("small");
    Object.assign(box, {type: "checkbox", value: text[ID]});
    about.textContent = ` ${text[ISSUER]}, ${text[ISSUED] || "no date"}`;
    label.append(box, " ", text[TITLE], about);
    label.dataset.words = fold(`${text[TITLE]} ${text[ISSUER]} ${text[ISSUED]}`);
    return label;
  }

  function fieldset([title, members]) {
    const set = document.createElement("fieldset"), legend = document.createElement("legend");
    legend.textContent = `${title} (${members.length.toLocaleString("en")})`;
    set.append(legend, ...members.map(choice));
    return set;
  }

  function find(words) {
    const wanted = fold(words).split(/\s+/);
    for (const label of document.querySelectorAll("#choices label")) label.hidden = !wanted.every(word => label.dataset.words.includes(word));
    for (const set of document.querySelectorAll("#choices fieldset")) set.hidden = !set.querySelector("label:not([hidden])");
  }

  function start() {
    const form = document.getElementById("chooser");
    document.getElementById("choices").append(...THEMES.groups.map(fieldset));
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("change", event => {
      if (event.target.type !== "checkbox") return;
      event.target.checked ? chosen.add(event.target.value) : chosen.delete(event.target.value);
      draw();
      keep();
    });
    document.getElementById("find-text").addEventListener("input", event => find(event.target.value));
    document.getElementById("show-first").addEventListener("click", () => { choose(first); keep(); });
    document.getElementById("show-none").addEventListener("click", () => { choose([]); keep(); });
    addEventListener("popstate", () => choose(asked()));
    choose(asked());
    form.hidden = false;
  }

  start();
})();
