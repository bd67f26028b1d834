/* The explorer: a table of records with search, filters, sorting and a download. Its state stands in the address. The data come from
   a script that sets `window.explorer`; DataTables draws one page of rows at a time and asks here which rows these are. */
(function () {
  "use strict";
  const root = new URL("../", document.currentScript.src);
  const data = window.explorer;
  if (!data || !window.DataTable) return; // the plain list stays

  const PAUSE = 150; // milliseconds without a key after which a search starts
  const MOST = 200; // choices that a filter lists at once
  const MANY = 12; // choices from which on a filter can be searched itself
  const NOT_RECORDED = "not recorded";
  const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/; // what a spreadsheet would run
  const NUMBER = /^-?\d+(\.\d+)?$/;
  const TRACKING = /^(utm_.*|fbclid|gclid)$/; // what other sites add to a link
  const PLAIN = /^[ -~]*$/; // the most common letters, with which there is nothing to do
  const element = (id) => document.getElementById(id);
  const noun = element("explorer").dataset.noun;
  const whole = (number) => number.toLocaleString("en");

  // ---- columns -------------------------------------------------------------------------------------------------------------------

  /** A column: `code(row)` is the place of the row's cell in `values`, where each cell stands as in the CSV file. */
  function makeColumn(raw) {
    const items = (cell) => (cell === "" ? [] : raw.delimiter ? cell.split(raw.delimiter) : [cell]);
    const called = (item) => visible(Object.hasOwn(raw.titles, item) ? raw.titles[item] : item);
    const folded = remember(() => raw.values.map((cell) => fold(items(cell).map(called).join(" "))));
    return {
      ...raw, items, called, folded, picked: new Set(), mask: null, refresh: () => {},
      code: raw.cells ? (row) => raw.cells[row] : (row) => row,
      cell: raw.cells ? (row) => raw.values[raw.cells[row]] : (row) => raw.values[row],
      ranks: remember(() => ranked(raw.values, raw.number ? raw.values.map(Number) : folded())),
    };
  }

  function remember(work) {
    let known = null;
    return () => (known ??= work());
  }

  /** A text for comparing: small letters without accents. */
  function fold(text) {
    return (PLAIN.test(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();
  }

  /** A text in which signs that a reader would not see, such as those that turn the writing round, are written out. */
  function visible(text) {
    return PLAIN.test(text) ? text : text.replace(/(?![ \u3000])[\p{C}\p{Z}]/gu, (sign) => "\\u" + sign.codePointAt(0).toString(16).padStart(4, "0"));
  }

  /** The rank of each value by its key: equal keys share one, an empty value has none (0). */
  function ranked(values, keys) {
    const ranks = new Uint32Array(values.length);
    const order = [...values.keys()].filter((place) => values[place] !== "");
    order.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0));
    order.forEach((place, at) => {
      const before = order[at - 1];
      ranks[place] = at && keys[before] === keys[place] ? ranks[before] : at + 1;
    });
    return ranks;
  }

  const columns = new Map(data.columns.map((raw) => [raw.name, makeColumn(raw)]));
  const ids = columns.get(data.id);
  const shown = data.shown.map((name) => columns.get(name));
  const filters = data.filters.map((name) => columns.get(name));
  const total = ids.values.length;

  /** Load the columns that are not part of the page from the start; where that fails, anew the next time. */
  let loading = null;
  const rest = () => (loading ??= load().catch((error) => {
    loading = null;
    throw error;
  }));
  const load = () => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL(`assets/data/${data.section}-rest.js`, root);
    script.onload = () => {
      for (const raw of window.explorerRest) columns.set(raw.name, makeColumn(raw));
      done();
    };
    script.onerror = failed;
    document.head.append(script);
  });

  // ---- which rows ----------------------------------------------------------------------------------------------------------------

  const texts = remember(() => {
    const folded = data.columns.map(({ name }) => [columns.get(name), columns.get(name).folded()]);
    return Array.from({ length: total }, (_, row) => folded.map(([column, known]) => known[column.code(row)]).join("\n"));
  });
  const asked = { text: "", mask: null };
  let fails = new Uint8Array(total); // how many of search and filters a row does not pass
  let found = []; // the rows that pass, in the order of the table
  let sorted = []; // the same in the order shown

  function search(text) {
    asked.text = text.trim().replace(/\s+/g, " ");
    const words = fold(asked.text).match(/[^\s"“”]+/g) ?? [];
    asked.mask = words.length ? Uint8Array.from(texts(), (line) => words.every((word) => line.includes(word))) : null;
  }

  function pick(column, item, on) {
    column.picked[on ? "add" : "delete"](item);
    const { picked } = column;
    const fits = Uint8Array.from(column.values, (cell) => (cell === "" ? picked.has("") : column.items(cell).some((one) => picked.has(one))));
    column.mask = picked.size ? Uint8Array.from({ length: total }, (_, row) => fits[column.code(row)]) : null;
  }

  function sift() {
    fails = new Uint8Array(total);
    for (const { mask } of [asked, ...columns.values()]) {
      if (mask) for (let row = 0; row < total; row++) fails[row] += 1 - mask[row];
    }
    found = [];
    for (let row = 0; row < total; row++) if (!fails[row]) found.push(row);
  }

  /** The rows that were found by the ranks of a column, equal ones in the order of the table, empty cells last. */
  function sort(column, descending) {
    const ranks = column.ranks();
    const last = column.values.length + 1;
    const keys = Float64Array.from(found, (row) => {
      const rank = ranks[column.code(row)];
      return (rank === 0 ? last : descending ? last - rank : rank) * total + row;
    }).sort();
    return Array.from(keys, (key) => key % total);
  }

  /** How many rows each value of a column would give beside the other filters. */
  function counts(column) {
    const cells = new Uint32Array(column.values.length);
    for (let row = 0; row < total; row++) {
      const here = column.mask ? 1 - column.mask[row] : 0; // whether it fails by this very column
      if (fails[row] === here) cells[column.code(row)] += 1;
    }
    const known = new Map();
    column.values.forEach((cell, place) => {
      for (const item of cell === "" ? [""] : column.items(cell)) known.set(item, (known.get(item) ?? 0) + cells[place]);
    });
    return known;
  }

  // ---- the table -----------------------------------------------------------------------------------------------------------------

  function make(tag, properties = {}, ...content) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...content);
    return node;
  }

  function page(section, id) {
    return new URL(`${section}/${encodeURIComponent(id)}/index.html`, root).href;
  }

  function drawn(column, row) {
    const items = column.items(column.cell(row));
    const first = column === shown[0];
    if (!items.length && !first) return make("span", { className: "none", title: NOT_RECORDED }, "–");
    if (first) return make("a", { href: page(data.section, ids.cell(row)) }, make("bdi", {}, visible(column.cell(row) || ids.cell(row))));
    const nodes = items.map((item) => (column.section
      ? make("a", { href: page(column.section, item) }, column.called(item)) : make("bdi", {}, column.called(item))));
    return make("span", {}, ...nodes.flatMap((node, place) => (place ? [", ", node] : [node])));
  }

  function view(request, respond) {
    const [order] = request.order;
    sorted = order ? sort(shown[order.column], order.dir === "desc") : found;
    remark(order);
    respond({
      draw: request.draw, recordsTotal: total, recordsFiltered: sorted.length,
      data: sorted.slice(request.start, request.length < 0 ? undefined : request.start + request.length).map((row) => ({ row })),
    });
  }

  function makeTable(order) {
    const table = element("records");
    const head = make("tr", {}, ...shown.map((column) => make("th", { scope: "col" }, column.title)));
    table.append(make("thead", {}, head));
    const made = new window.DataTable(table, {
      serverSide: true, ajax: view, autoWidth: false, order, orderMulti: false, searching: false, typeDetect: false,
      pageLength: 50, lengthMenu: [25, 50, 100, 500],
      columns: shown.map((column) => ({
        data: null, ariaTitle: column.title, className: column.number && !column.name.endsWith("year") ? "number" : "",
        createdCell: (cell) => { cell.dataset.title = column.title; }, // said before the cell where rows are stacked, on a phone
        render: (_, kind, { row }) => (kind === "display" ? drawn(column, row) : column.cell(row)),
      })),
      layout: { topStart: null, topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
      language: {
        lengthMenu: "Rows a page: _MENU_", zeroRecords: `No recorded ${noun} fit. Take a filter away, or search for fewer words: ${element("searched").textContent}`,
        emptyTable: "None is recorded so far.", loadingRecords: "",
        paginate: { first: "First", previous: "Previous", next: "Next", last: "Last" },
        aria: { orderable: ": sort", orderableReverse: ": sort the other way round", orderableRemove: ": stop sorting by it" },
      },
    });
    const scroll = table.parentElement;
    scroll.classList.add("scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `Table of ${noun}`);
    table.tHead.addEventListener("keydown", (event) => { // DataTables hears Enter only, but a button answers to the space bar too
      if (event.key === " " && event.target.getAttribute("role") === "button") {
        event.preventDefault();
        event.target.click();
      }
    });
    return made;
  }

  // ---- the address ---------------------------------------------------------------------------------------------------------------

  /** Write what is on into the address, and say it: the number of rows, and a chip for each filter. */
  function remark(order) {
    const terms = new URLSearchParams();
    if (asked.text) terms.append("q", asked.text);
    const on = [...columns.values()].flatMap((column) => [...column.picked].map((item) => [column, item]));
    for (const [column, item] of on) terms.append(column.name, item);
    if (order) terms.append("sort", (order.dir === "desc" ? "-" : "") + shown[order.column].name);
    const query = terms.toString();
    window.history.replaceState(null, "", window.location.pathname + (query && `?${query}`) + window.location.hash);
    element("shown").textContent = `${whole(found.length)} of ${whole(total)} ${noun}`;
    element("chips").replaceChildren(...on.map(([column, item]) => chip(column, item)));
    element("clear").hidden = !query;
    element("download").disabled = !found.length;
  }

  /** Take over what the address asks for; returns the order of the table. What it cannot have is said in words. */
  async function takeOver(query) {
    const unknown = [];
    const terms = [...new URLSearchParams(query)].filter(([name]) => !TRACKING.test(name));
    const sorting = terms.filter(([name]) => name === "sort").map(([, by]) => by);
    const wanted = terms.filter(([name]) => name !== "q" && name !== "sort");
    if (wanted.some(([name]) => !columns.has(name) && data.order.includes(name))) await rest().catch(() => null);
    search(terms.filter(([name]) => name === "q").map(([, text]) => text).join(" "));
    element("search").value = asked.text;
    for (const [name, item] of wanted) {
      const column = columns.get(name);
      if (!column) unknown.push(`“${visible(name)}” is no column that can be asked for here.`);
      else if (!occurs(column, item)) unknown.push(`No row has “${visible(item)}” in the column “${column.title}”.`);
      else pick(column, item, true);
    }
    const place = sorting.length ? data.shown.indexOf(sorting[0].replace(/^-/, "")) : -1;
    if (sorting.length && place < 0) unknown.push(`The table cannot be sorted by “${visible(sorting[0])}”.`);
    say(unknown.length ? `Parts of this page’s address were left out. ${unknown.join(" ")}` : "");
    return place < 0 ? [] : [[place, sorting[0].startsWith("-") ? "desc" : "asc"]];
  }

  function occurs(column, item) {
    column.known ??= new Set(column.values.flatMap((cell) => (cell === "" ? [""] : column.items(cell))));
    return Object.hasOwn(column.titles, item) || column.known.has(item);
  }

  function say(words) {
    element("message").textContent = words;
    element("message").hidden = !words;
  }

  // ---- filters -------------------------------------------------------------------------------------------------------------------

  function chip(column, item) {
    const words = `${column.title}: ${item === "" ? NOT_RECORDED : column.called(item)}`;
    const button = make("button", { type: "button" }, make("bdi", {}, words), make("span", { ariaHidden: "true" }, " ×"));
    button.setAttribute("aria-label", `Remove filter ${words}`);
    button.addEventListener("click", () => {
      change(() => pick(column, item, false));
      (element("chips").querySelector("button") ?? element("search")).focus();
    });
    return make("li", {}, button);
  }

  /** What a filter offers: the values that occur, in the order of their titles, and last the empty one. */
  function choices(column) {
    column.choices ??= (() => {
      const place = new Map(Object.keys(column.titles).map((item, at) => [item, at]));
      const all = [...new Set(column.values.flatMap(column.items))];
      all.sort((a, b) => (place.get(a) ?? -1) - (place.get(b) ?? -1) || (column.number ? b - a : a < b ? -1 : 1));
      return column.values.includes("") ? [...all, ""] : all;
    })();
    return column.choices;
  }

  function makeFilter(column) {
    const list = make("ul");
    const more = make("p", { className: "soft" });
    const find = make("input", { type: "search", autocomplete: "off" });
    find.setAttribute("aria-label", `Find in ${column.title}`);
    find.placeholder = "Find";
    const help = make("a", { href: new URL(column.help.replace("#", "index.html#"), root).href }, "How it is defined");
    const summary = make("summary", {}, column.title);
    const panel = make("div", {}, find, list, more, help);
    const box = make("details", {}, summary, panel);

    function option([item, words], known) {
      const tick = make("input", { type: "checkbox", checked: column.picked.has(item), value: item });
      tick.addEventListener("change", () => change(() => pick(column, item, tick.checked)));
      const number = make("span", { className: "explore-number" }, whole(known.get(item) ?? 0));
      return make("li", {}, make("label", { className: known.get(item) ? "" : "none" }, tick, make("bdi", {}, words), " ", number));
    }

    function fill() {
      const word = fold(find.value.trim());
      const named = choices(column).map((item) => [item, item === "" ? NOT_RECORDED : column.called(item)]);
      const fitting = named.filter(([, words]) => fold(words).includes(word));
      const known = counts(column);
      const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
      list.replaceChildren(...fitting.slice(0, MOST).map((choice) => option(choice, known)));
      if (focused !== null) [...list.querySelectorAll("input")].find((tick) => tick.value === focused)?.focus();
      more.textContent = fitting.length > MOST ? `${whole(fitting.length - MOST)} more: type to find them.` : "";
      more.hidden = !more.textContent;
      find.hidden = named.length <= MANY;
    }

    column.refresh = () => {
      summary.textContent = column.picked.size ? `${column.title} (${column.picked.size})` : column.title;
      if (box.open) fill();
    };
    box.addEventListener("toggle", () => {
      column.refresh();
      const edge = document.documentElement.clientWidth;
      panel.classList.toggle("leftwards", box.getBoundingClientRect().left + panel.offsetWidth > edge);
    });
    find.addEventListener("input", fill);
    return box;
  }

  /** Only one filter is open at a time; Escape, a click elsewhere and the focus elsewhere close it. A press on the words of a choice
      moves the focus to what holds all filters for a moment: that is not elsewhere. */
  function closeOthers(event) {
    for (const box of element("filters").querySelectorAll("details[open]")) {
      const around = event.type === "focusin" && event.target.contains(box);
      if (event.type === "keydown" ? event.key === "Escape" : !box.contains(event.target) && !around) {
        box.open = false;
        if (event.type === "keydown") box.querySelector("summary").focus();
      }
    }
  }

  // ---- the download --------------------------------------------------------------------------------------------------------------

  function quoted(cell) {
    const harmless = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  }

  /** What is shown as CSV: every column, cells as in the dataset but for a ' before what a spreadsheet would run as a formula. */
  async function download() {
    await rest();
    const all = data.order.map((name) => columns.get(name));
    const lines = [data.order.join(","), ...sorted.map((row) => all.map((column) => quoted(column.cell(row))).join(","))];
    const address = URL.createObjectURL(new Blob(lines.map((line) => `${line}\r\n`), { type: "text/csv;charset=utf-8" }));
    make("a", { href: address, download: `${data.file}${sorted.length < total ? "-selection" : ""}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  // ---- start ---------------------------------------------------------------------------------------------------------------------

  let table = null;

  /** Do something to search or filters, then show what fits now. */
  function change(work) {
    work();
    sift();
    table.draw();
    for (const column of filters) column.refresh();
  }

  function clear() {
    say("");
    element("search").value = "";
    search("");
    for (const column of columns.values()) {
      column.picked.clear();
      column.mask = null;
    }
    table.order([]);
  }

  async function start() {
    const order = await takeOver(window.location.search);
    sift();
    element("filters").append(...filters.filter((column) => column.values.some(Boolean)).map(makeFilter));
    element("plain").hidden = true;
    element("explorer").hidden = false;
    table = makeTable(order);
    for (const column of filters) column.refresh();
    let waiting = 0;
    element("search").addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => change(() => search(event.target.value)), PAUSE);
    });
    element("search").form.addEventListener("submit", (event) => event.preventDefault());
    element("clear").addEventListener("click", () => {
      change(clear);
      element("search").focus();
    });
    element("download").addEventListener("click", () => download().catch(() => say("The columns for the download could not be loaded.")));
    for (const kind of ["click", "keydown", "focusin"]) document.addEventListener(kind, closeOthers);
    (window.requestIdleCallback ?? setTimeout)(texts); // so that the first search need not wait for them
  }

  start();
})();
