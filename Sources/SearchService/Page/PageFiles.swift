// Made by Scripts/make-page.py of Assets/; edit those.
// swift-format-ignore-file

/// The page's files.
enum PageFiles {
  /// Name, media type, contents.
  static let all: [(name: String, type: String, text: String)] = [
    ("chat.js", "text/javascript; charset=utf-8", ##"""
// The left side: questions, and the passages that the user took for answers.
import { $, make } from "./dom.js";
import { colour } from "./terms.js";

/** @param actions {show(place), takeBack(), forget(place)} */
export function drawChat(conversation, actions, info) {
  const list = $("turns");
  const focused = document.activeElement?.closest("#turns [data-turn]")?.dataset.turn;
  list.replaceChildren();
  if (!conversation.turns.length) list.append(welcome(info));
  conversation.turns.forEach((turn, place) => {
    const isShown = place === conversation.shown;
    list.append(
      make("li.turn" + (isShown ? ".shown" : ""), { "data-turn": String(place), "--turn": colour(conversation.shown - place) },
        make("button.question", {
          type: "button", "aria-current": isShown ? "true" : undefined, onclick: () => actions.show(place),
          title: isShown ? undefined : "Show the passages of this question",
        }, make("span.mark", {}, String(place + 1)), make("span", {}, turn.question)),
        turn.answer && answer(turn, () => actions.forget(place), place === conversation.turns.length - 1),
        place === conversation.turns.length - 1 &&
          make("button.link", { type: "button", onclick: actions.takeBack }, "Take this turn back") || null));
  });
  list.lastElementChild?.scrollIntoView({ block: "nearest" });
  // What had the focus was drawn anew, or is no longer there.
  if (focused) (list.querySelector(`[data-turn="${focused}"] .question`) ?? $("question")).focus({ preventScroll: true });
}

function answer(turn, forget, isLast) {
  return make("div.answer", {},
    make("p.quiet", {}, "Answer, out of ", make("cite", {}, turn.answer.source)),
    make("p", {}, turn.answer.text),
    isLast ? make("button.link", { type: "button", onclick: forget }, "Not this one") : null);
}

function welcome(info) {
  const count = info ? info.index.passages.toLocaleString("en") : "the";
  return make("li.welcome", {},
    make("h2", {}, "Ask, and ask on"),
    make("p", {}, `A question finds passages among ${count}. The next one may lean on it: “and how do I get it back?” The whole `
      + "conversation is the query; no language model rewrites it."),
    make("p.quiet", {}, info && !info.index.texts
      ? "Nothing here writes answers, and this index keeps no texts: passages are shown by their ids."
      : "Nothing here writes answers. Take a passage for the answer, and the conversation goes on from it."));
}

"""##),
    ("conversation.js", "text/javascript; charset=utf-8", ##"""
// The conversation and what was found for each of its questions. Nothing of it outlives the page.

/** One question with the answer that the user gave it, if any. */
class Turn {
  constructor(question) {
    this.question = question;
    this.answer = null; // {text, source}
    this.found = null; // the service's answer for the conversation
    this.alone = null; // and for the last turn
  }
}

export class Conversation {
  turns = [];
  /** The turn whose passages are shown. */
  shown = -1;

  get current() { return this.turns[this.shown] ?? null; }
  get last() { return this.turns.at(-1) ?? null; }

  ask(question) {
    this.turns.push(new Turn(question));
    this.shown = this.turns.length - 1;
    return this.current;
  }

  takeBack() {
    const turn = this.turns.pop();
    this.shown = this.turns.length - 1;
    return turn;
  }

  /** The messages up to the question of a turn, and for each message the turn that it belongs to. */
  upTo(place) {
    const messages = [];
    const turns = [];
    this.turns.slice(0, place + 1).forEach((turn, number) => {
      messages.push({ role: "user", content: turn.question });
      turns.push(number);
      if (turn.answer && number < place) {
        messages.push({ role: "assistant", content: turn.answer.text });
        turns.push(number);
      }
    });
    return { messages, turns };
  }
}

"""##),
    ("dom.js", "text/javascript; charset=utf-8", ##"""
// Elements without markup: text is only ever text.

export const $ = (id) => document.getElementById(id);

/** make("p.quiet", {title: "…"}, child, "text") */
export function make(kind, properties = {}, ...children) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) element.style.setProperty(key, value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const milliseconds = (value) =>
  value >= 100 ? `${Math.round(value)} ms` : value >= 1 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;

/** A piece inside a word has no sharps for people. */
export const shown = (term) => (term.startsWith("##") ? "·" + term.slice(2) : term);

export const number = (value) => value.toLocaleString("en");

"""##),
    ("filters.js", "text/javascript; charset=utf-8", ##"""
// Conditions on metadata: each field has one of the values that were picked for it.
import { $, make } from "./dom.js";

export class Filters {
  values = new Map();

  /** As the service takes them; null for none. */
  get request() {
    if (!this.values.size) return null;
    return Object.fromEntries([...this.values].map(([field, values]) => [field, [...values]]));
  }

  add(field, value) {
    if (!this.values.has(field)) this.values.set(field, new Set());
    this.values.get(field).add(value);
  }

  remove(field, value) {
    const values = this.values.get(field);
    values?.delete(value);
    if (!values?.size) this.values.delete(field);
  }

  clear() { this.values.clear(); }

  draw(changed) {
    const chips = [...this.values].flatMap(([field, values]) => [...values].map((value) =>
      make("button.filter", {
        type: "button", "aria-label": `Remove the filter ${field} ${value}`,
        onclick: () => { this.remove(field, value); changed(); },
      }, make("span.quiet", {}, field), ` ${value} `, make("span", { "aria-hidden": "true" }, "×"))));
    if (chips.length > 1) {
      chips.push(make("button.link", { type: "button", onclick: () => { this.clear(); changed(); } }, "all passages"));
    }
    $("filters").hidden = !chips.length;
    $("filters").replaceChildren(...(chips.length ? [make("span.quiet", {}, "Only"), ...chips] : []));
  }
}

"""##),
    ("icon.svg", "image/svg+xml", ##"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#3457d5" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"><path d="M4 5h16v11H10l-4 4v-4H4z"/><path d="M8 9h8M8 12.5h5"/></svg>

"""##),
    ("index.html", "text/html; charset=utf-8", ##"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parlance</title>
<link rel="icon" href="page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page/page.css">
<script type="module" src="page/main.js"></script>
</head>
<body>
<a class="skip" href="#question">Skip to the question</a>
<header>
  <h1><svg aria-hidden="true" viewBox="0 0 24 24"><path d="M4 5h16v11H10l-4 4v-4H4z"/><path d="M8 9h8M8 12.5h5"/></svg>Parlance</h1>
  <p id="served" class="quiet"></p>
  <nav aria-label="Page">
    <button type="button" id="restart" aria-label="New conversation" hidden>New <span>conversation</span></button>
    <button type="button" id="theme" aria-label="Colours: as the system"><span aria-hidden="true">◐</span></button>
    <button type="button" id="help-open" aria-label="Keyboard help"><span aria-hidden="true">?</span></button>
  </nav>
</header>
<main>
  <section id="chat" aria-label="Conversation">
    <ol id="turns"></ol>
    <form id="ask" autocomplete="off">
      <label for="question" class="hidden">Your question</label>
      <textarea id="question" rows="2" placeholder="Ask about the passages…" maxlength="8000" required></textarea>
      <button type="submit" class="primary" id="send">Ask</button>
      <p class="quiet" id="hint">Enter asks, Shift+Enter breaks the line. The whole conversation is the query.</p>
    </form>
  </section>
  <section id="results" aria-label="Passages" aria-busy="false" tabindex="-1">
    <div id="bar" hidden>
      <div class="tabs" role="group" aria-label="Query">
        <button type="button" id="view-one" aria-pressed="true">Passages</button>
        <button type="button" id="view-both" aria-pressed="false">Last turn <span class="versus">against</span> conversation</button>
      </div>
      <div class="choices" id="choices" hidden>
        <label>Words <select id="form" autocomplete="off"></select></label>
        <label>Show <select id="depth" autocomplete="off"><option>5</option><option selected>10</option><option>20</option><option>50</option></select></label>
      </div>
    </div>
    <div id="filters" role="group" aria-label="Filters" hidden></div>
    <div id="problem" role="alert" hidden></div>
    <div id="query"></div>
    <div id="list"></div>
  </section>
</main>
<p id="status" class="hidden" role="status"></p>
<dialog id="help" aria-labelledby="help-title">
  <h2 id="help-title">Keys</h2>
  <dl>
    <div><dt><kbd>/</kbd></dt><dd>write a question</dd></div>
    <div><dt><kbd>Esc</kbd></dt><dd>leave the question, close this</dd></div>
    <div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next and previous passage</dd></div>
    <div><dt><kbd>e</kbd></dt><dd>why this passage</dd></div>
    <div><dt><kbd>a</kbd></dt><dd>take this passage as the answer</dd></div>
    <div><dt><kbd>c</kbd></dt><dd>last turn against conversation</dd></div>
    <div><dt><kbd>z</kbd></dt><dd>take the last turn back</dd></div>
    <div><dt><kbd>?</kbd></dt><dd>this help</dd></div>
  </dl>
  <label class="switch"><input type="checkbox" id="keys" checked> Single-key shortcuts</label>
  <form method="dialog"><button class="primary">Close</button></form>
</dialog>
<dialog id="key" aria-labelledby="key-title">
  <h2 id="key-title">This service asks for a key</h2>
  <form id="key-form" autocomplete="off">
    <label for="key-value">Key</label>
    <input id="key-value" type="password" aria-describedby="key-refused" required>
    <p id="key-refused" class="fault"></p>
    <p class="quiet">It stays in this tab and goes to this service alone.</p>
    <button class="primary">Use it</button>
  </form>
</dialog>
<noscript><p class="noscript">This page needs JavaScript; <code>POST /v1/search</code> does not.</p></noscript>
</body>
</html>

"""##),
    ("keyboard.js", "text/javascript; charset=utf-8", ##"""
// Keys that work while nothing is being written.
import { $ } from "./dom.js";
import { browser } from "./storage.js";

/** @param actions {compare(), takeBack()} */
export function listen(actions) {
  const keys = $("keys");
  keys.checked = browser.get("keys") !== "off";
  keys.addEventListener("change", () => browser.set("keys", keys.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isWriting = event.target.matches("textarea, input, select");
    if (event.key === "Escape" && isWriting) return event.target.blur();
    if (isWriting || document.querySelector("dialog[open]")) return;
    // Who speaks to the computer, or hits keys unawares, can do without them.
    if (event.key.length === 1 && !keys.checked) return;
    const passage = document.activeElement?.closest(".passage");
    const work = {
      "/": () => $("question").focus(),
      "?": () => $("help").showModal(),
      j: () => move(1), ArrowDown: passage ? () => move(1) : null,
      k: () => move(-1), ArrowUp: passage ? () => move(-1) : null,
      e: passage && (() => { const why = passage.querySelector("details"); why.open = !why.open; }),
      a: passage && (() => passage.querySelector(".take")?.click()),
      c: actions.compare, z: actions.takeBack,
    }[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  });
}

function move(step) {
  const passages = [...document.querySelectorAll(".passage")];
  const place = passages.indexOf(document.activeElement?.closest(".passage"));
  const next = passages[place < 0 ? 0 : Math.min(passages.length - 1, Math.max(0, place + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

"""##),
    ("main.js", "text/javascript; charset=utf-8", ##"""
// Puts the parts together: one conversation, one request at a time.
import { $, make, number } from "./dom.js";
import { Conversation } from "./conversation.js";
import { drawChat } from "./chat.js";
import { drawBoth, drawOne, summary } from "./passages.js";
import { Filters } from "./filters.js";
import { listen } from "./keyboard.js";
import { setUpTheme } from "./theme.js";
import * as service from "./service.js";

const FORMS = { conversation: "whole conversation", "user-turns": "questions only", "last-turn": "last turn" };

let conversation = new Conversation();
const filters = new Filters();
let info = null;
let isComparing = false;
let running = null;

function draw() {
  const turn = conversation.current;
  drawChat(conversation, { show, takeBack, forget }, info);
  filters.draw(refresh);
  $("restart").hidden = !conversation.turns.length;
  $("bar").hidden = !turn;
  $("view-one").setAttribute("aria-pressed", String(!isComparing));
  $("view-both").setAttribute("aria-pressed", String(isComparing));
  $("question").placeholder = conversation.turns.length ? "Ask on…" : "Ask about the passages…";
  drawFound(turn);
}

function drawFound(turn) {
  const isThere = turn?.found && (turn.alone || !isComparing);
  // What was found for another question may stay while this one's is on its way, and nothing can be done with it.
  for (const id of ["query", "list"]) {
    $(id).inert = !isThere;
    if (!isThere && !(turn && running)) $(id).replaceChildren();
  }
  if (!isThere) return;
  const { turns } = conversation.upTo(conversation.shown);
  const isLast = conversation.shown === conversation.turns.length - 1;
  const actions = { filter: addFilter, take: isLast ? take : null };
  (isComparing ? drawBoth : drawOne)(turn, turns, actions);
}

/** Asks the service for what the shown turn lacks, and for what it serves until that is known. */
async function find() {
  running?.abort();
  const own = new AbortController();
  running = own;
  $("results").setAttribute("aria-busy", "true");
  $("status").textContent = "";
  draw();
  const turn = conversation.current;
  let problem = null;
  try {
    await (turn ? search(turn, own.signal) : learn());
  } catch (error) {
    problem = error;
  }
  if (running !== own) return;
  running = null;
  $("results").setAttribute("aria-busy", "false");
  draw();
  tell(problem);
  if (!turn || problem) return;
  $("status").textContent = said(turn);
  // The passages are there without it.
  learn().catch(() => null);
}

async function search(turn, signal) {
  const { messages } = conversation.upTo(conversation.shown);
  const filter = filters.request;
  const request = { messages, explain: true, ...(filter ? { filter } : {}) };
  // Without these the service takes its own, which are what is chosen at first.
  let form = {};
  if (info) {
    request.k = Number($("depth").value);
    form = { form: $("form").value };
  }
  try {
    turn.found ??= await service.search({ ...request, ...form }, signal);
    if (isComparing) turn.alone ??= await service.search({ ...request, form: "last-turn" }, signal);
  } catch (error) {
    throw error.field === "messages" || error.status === 413 ? tooLong(messages.length) : error;
  }
}

function tooLong(count) {
  const most = info?.limits.messages ?? count;
  const detail = (most < count
    ? `it has ${number(count)} messages, questions and answers together, and the service takes ${number(most)} at most.`
    : "it has more words than the service takes.")
    + " Take the last turn back, or begin a new conversation.";
  return new service.Problem({ title: "Too long a conversation", detail }, 413);
}

let learning = null;

/** What is served, asked for until it is known. */
async function learn() {
  if (info) return;
  learning ??= service.info().finally(() => { learning = null; });
  const answer = await learning;
  if (info) return;
  info = answer;
  $("form").value = info.encoder.form;
  offerDepths(info.limits.k);
  $("choices").hidden = false;
  $("served").textContent = `${number(info.index.passages)} passages · ${info.encoder.name}`;
  if (!conversation.turns.length) draw();
}

/** Depths that the service allows; chosen is what it takes when it is told none. */
function offerDepths(most) {
  const depth = $("depth");
  for (const option of depth.options) option.disabled = Number(option.value) > most;
  if (Number(depth.value) <= most) return;
  const place = [...depth.options].findIndex((option) => Number(option.value) >= most);
  if (Number(depth.options[place].value) !== most) depth.add(make("option", {}, String(most)), place);
  depth.value = String(most);
}

/** For whoever does not see the passages. */
const said = (turn) => (isComparing
  ? `Last turn alone: ${summary(turn.alone)}. With the conversation: ${summary(turn.found)}.`
  : `${summary(turn.found)} for “${turn.question}”`);

function tell(problem) {
  const box = $("problem");
  const hadFocus = box.contains(document.activeElement);
  box.hidden = !problem;
  box.replaceChildren(...(problem ? [make("p", {}, make("b", {}, `${problem.title ?? "Problem"}:`), ` ${problem.message}`)] : []));
  if (problem && !problem.isFinal) box.append(make("button", { type: "button", onclick: find }, "Try again"));
  if (hadFocus) (box.querySelector("button") ?? $("results")).focus();
}

/** Everything that was found is found anew: filters, depth or form have changed. */
function refresh() {
  for (const turn of conversation.turns) turn.found = turn.alone = null;
  find();
}

async function ask(question) {
  conversation.ask(question);
  await find();
  // On a phone the passages lie below.
  if (matchMedia("(max-width: 44rem)").matches) $("results").scrollIntoView({ block: "start" });
}

function show(place) {
  conversation.shown = place;
  find();
}

function takeBack() {
  const turn = conversation.takeBack();
  if (!turn) return;
  // What is being written already is not lost for it.
  if (!$("question").value.trim()) $("question").value = turn.question;
  find();
}

function take(passage) {
  const text = passage.text.length > 600 ? passage.text.slice(0, 600).replace(/\s+\S*$/, "") + " …" : passage.text;
  conversation.last.answer = { text, source: passage.title || passage.id };
  draw();
  $("question").focus();
}

function forget(place) {
  conversation.turns[place].answer = null;
  draw();
}

function addFilter(field, value) {
  filters.add(field, value);
  refresh();
}

function compare() {
  if (!conversation.current) return;
  isComparing = !isComparing;
  find();
}

function setUp() {
  setUpTheme();
  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const question = $("question").value.trim();
    if (!question) return;
    $("question").value = "";
    ask(question);
  });
  $("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("ask").requestSubmit();
  });
  $("view-one").addEventListener("click", () => isComparing && compare());
  $("view-both").addEventListener("click", () => isComparing || compare());
  $("depth").addEventListener("change", refresh);
  $("form").addEventListener("change", refresh);
  $("help-open").addEventListener("click", () => $("help").showModal());
  $("restart").addEventListener("click", () => {
    conversation = new Conversation();
    filters.clear();
    isComparing = false;
    find();
    $("question").focus();
  });
  listen({ compare, takeBack });
  $("form").append(...Object.entries(FORMS).map(([value, text]) => make("option", { value }, text)));
  find();
  $("question").focus();
}

setUp();

"""##),
    ("page.css", "text/css; charset=utf-8", ##"""
/* Colours first: two sets, chosen by the system or by the button. */
:root {
  color-scheme: light;
  --ground: #f6f7f9; --card: #fff; --line: #dfe3ea; --text: #1a2130; --quiet: #5b6577; --accent: #2f50c8; --on-accent: #fff;
  --warning: #8a4b00; --fault: #a3162b; --fault-ground: #fdecee; --around: #667085;
  --turn-0: #2f50c8; --turn-1: #0b7a63; --turn-2: #a34b00; --turn-3: #8b2fa8; --turn-4: #0f6d96; --turn-5: #6b5b1e;
  --mark: 22%; --shadow: 0 1px 2px rgb(20 30 60 / .06);
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    color-scheme: dark;
    --ground: #10141c; --card: #181e29; --line: #2b3444; --text: #e7ebf3; --quiet: #9aa6ba; --accent: #8aa4ff; --on-accent: #0d1220;
    --warning: #f0b366; --fault: #ff9aa8; --fault-ground: #3a1820; --around: #8b96aa;
    --turn-0: #8aa4ff; --turn-1: #4fd1b0; --turn-2: #f2a65a; --turn-3: #d79bf0; --turn-4: #6cc6ee; --turn-5: #d8c56a;
    --mark: 30%; --shadow: none;
  }
}
:root[data-theme="dark"] {
  color-scheme: dark;
  --ground: #10141c; --card: #181e29; --line: #2b3444; --text: #e7ebf3; --quiet: #9aa6ba; --accent: #8aa4ff; --on-accent: #0d1220;
  --warning: #f0b366; --fault: #ff9aa8; --fault-ground: #3a1820; --around: #8b96aa;
  --turn-0: #8aa4ff; --turn-1: #4fd1b0; --turn-2: #f2a65a; --turn-3: #d79bf0; --turn-4: #6cc6ee; --turn-5: #d8c56a;
  --mark: 30%; --shadow: none;
}

* { box-sizing: border-box; }
html { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
body { margin: 0; height: 100dvh; display: flex; flex-direction: column; background: var(--ground); color: var(--text); }
h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; font: inherit; }
ol, ul { list-style: none; }
button, select, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .3rem .7rem; }
button:hover { border-color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.link { border: 0; background: none; padding: 0; color: var(--accent); font-size: .85rem; }
button.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
select { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .25rem .4rem; }
.quiet { color: var(--quiet); }
.fault { color: var(--fault); }
.fault:empty { display: none; }
::placeholder { color: var(--quiet); opacity: 1; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: .5rem; top: .5rem; z-index: 2; background: var(--card); padding: .5rem; }
[hidden] { display: none !important; }

body > header { display: flex; align-items: center; gap: 1rem; padding: .55rem 1.1rem; border-bottom: 1px solid var(--line); background: var(--card); }
body > header h1 { display: flex; align-items: center; gap: .5rem; font-weight: 650; letter-spacing: -.01em; }
body > header svg { width: 1.4rem; fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
body > header #served { flex: 1; min-width: 0; font-size: .87rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
body > header nav { display: flex; gap: .4rem; }
body > header button { white-space: nowrap; }

main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(18rem, 26rem) minmax(0, 1fr); }
#chat { display: flex; flex-direction: column; min-height: 0; border-right: 1px solid var(--line); background: var(--card); }
#turns { flex: 1; overflow-y: auto; padding: 1rem 1.1rem; display: flex; flex-direction: column; gap: .9rem; }
.welcome { margin: auto 0; display: grid; gap: .7rem; }
.welcome h2 { font-size: 1.35rem; font-weight: 650; letter-spacing: -.015em; }
.turn { display: grid; gap: .45rem; justify-items: start; }
.question { display: flex; gap: .6rem; align-items: baseline; text-align: left; width: 100%; padding: .5rem .7rem; border-color: transparent; background: var(--ground); overflow-wrap: anywhere; }
.turn.shown .question { border-color: var(--turn); }
.mark { flex: none; min-width: 1.35rem; text-align: center; border-radius: 6px; font-size: .8rem; font-weight: 650; color: var(--card); background: var(--turn); }
.answer { border-left: 3px solid var(--turn); padding: .1rem 0 .1rem .75rem; margin-left: .6rem; display: grid; gap: .25rem; justify-items: start; font-size: .92rem; overflow-wrap: anywhere; }
.answer .quiet { font-size: .82rem; }
.answer p:nth-child(2) { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; overflow: hidden; white-space: pre-line; }
cite { font-style: normal; }
#ask { display: grid; grid-template-columns: 1fr auto; gap: .5rem; padding: .8rem 1.1rem; border-top: 1px solid var(--line); }
#ask textarea { resize: none; border: 1px solid var(--line); border-radius: 10px; padding: .5rem .7rem; background: var(--ground); field-sizing: content; max-height: 9rem; min-height: 3.2rem; }
#ask #send { align-self: end; }
#hint { grid-column: 1 / -1; font-size: .8rem; }

#results { overflow-y: auto; padding: 1rem 1.4rem 3rem; }
#results[aria-busy="true"] #list, #results[aria-busy="true"] #query { opacity: .55; transition: opacity .15s .15s; }
#bar { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; justify-content: space-between; margin-bottom: .8rem; }
.tabs { display: flex; border: 1px solid var(--line); border-radius: 9px; overflow: hidden; background: var(--card); }
.tabs button { border: 0; border-radius: 0; background: none; }
.tabs button[aria-pressed="true"] { background: color-mix(in srgb, var(--accent) 14%, var(--card)); font-weight: 600; }
.choices { display: flex; flex-wrap: wrap; gap: .4rem 1rem; font-size: .87rem; color: var(--quiet); }
#filters { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; font-size: .87rem; }
#filters:not(:empty) { margin-bottom: .8rem; }
.filter { border-radius: 99px; padding: .1rem .7rem; border-color: var(--accent); }
#results:focus { outline: none; }
#problem { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; justify-content: space-between; padding: .6rem .9rem; border-radius: 9px; background: var(--fault-ground); color: var(--fault); margin-bottom: .8rem; overflow-wrap: anywhere; }

.query { border: 1px solid var(--line); border-radius: 12px; background: var(--card); padding: .8rem 1rem; display: grid; gap: .75rem; box-shadow: var(--shadow); }
.groups { display: grid; gap: .6rem; }
.group { border-left: 3px solid var(--turn); padding-left: .75rem; display: grid; gap: .25rem; justify-items: start; }
.group h3 { font-size: .85rem; font-weight: 600; color: var(--turn); }
.group h3 .quiet { font-weight: 400; }
.chips { display: flex; flex-wrap: wrap; gap: .25rem; }
.chips li { font-size: .84rem; padding: 0 .5rem; border-radius: 6px; background: color-mix(in srgb, var(--turn) calc(var(--share) * 34% + 5%), var(--card)); }
.chips:not(.all) .more { display: none; }
.warning { color: var(--warning); font-size: .87rem; }
.timing { display: grid; gap: .35rem; font-size: .82rem; }
.stages { display: flex; height: 6px; border-radius: 3px; overflow: hidden; background: var(--line); }
.stage { flex: var(--part) 0 0; }
.stage.queue { background: var(--turn-2); } .stage.encode { background: var(--turn-0); }
.stage.search { background: var(--turn-1); } .stage.explain { background: var(--turn-3); } .stage.rest { background: var(--around); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem .9rem; color: var(--quiet); }
.legend b { font-weight: 600; color: var(--text); font-variant-numeric: tabular-nums; }
.legend .encode::before, .legend .search::before, .legend .queue::before, .legend .explain::before, .legend .rest::before { content: ""; display: inline-block; width: .55rem; height: .55rem; border-radius: 2px; margin-right: .35rem; background: var(--around); }
.legend .encode::before { background: var(--turn-0); } .legend .search::before { background: var(--turn-1); } .legend .queue::before { background: var(--turn-2); } .legend .explain::before { background: var(--turn-3); }
.flag { border: 1px solid var(--line); border-radius: 5px; padding: 0 .4rem; }

.passages { display: grid; gap: .7rem; margin-top: .8rem; }
.passage { border: 1px solid var(--line); border-radius: 12px; background: var(--card); padding: .8rem 1rem; display: grid; gap: .45rem; box-shadow: var(--shadow); scroll-margin: 1rem; }
.passage:focus { outline: 2px solid var(--accent); outline-offset: 1px; }
.passage header { display: grid; grid-template-columns: auto 1fr auto auto; gap: .6rem; align-items: baseline; }
.passage h3 { font-weight: 620; overflow-wrap: anywhere; grid-column: 2; }
.rank { color: var(--quiet); font-variant-numeric: tabular-nums; min-width: 1.1rem; }
.score { grid-column: 4; font-size: .82rem; font-variant-numeric: tabular-nums; color: var(--quiet); padding: 0 .4rem; border-radius: 5px; background: linear-gradient(to right, color-mix(in srgb, var(--accent) 14%, transparent) calc(var(--share) * 100%), transparent 0); }
.change { grid-column: 3; font-size: .8rem; color: var(--quiet); white-space: nowrap; }
.change.up { color: var(--turn-1); } .change.down { color: var(--turn-2); } .change.new { color: var(--turn-3); font-weight: 600; }
.text { white-space: pre-line; overflow-wrap: anywhere; font-size: .95rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 7; overflow: hidden; }
/* A box of boxes that is not clamped would lose the blanks between marks. */
.passage:has(details[open]) .text { display: block; -webkit-line-clamp: none; }
mark { color: inherit; border-radius: 3px; padding: 0 .05em; background: color-mix(in srgb, var(--turn) calc(var(--share) * var(--mark) + 8%), transparent); box-shadow: inset 0 -2px 0 color-mix(in srgb, var(--turn) calc(var(--share) * 100%), transparent); }
.passage footer { display: flex; flex-wrap: wrap; gap: .4rem; justify-content: space-between; align-items: center; }
.metadata { display: flex; flex-wrap: wrap; gap: .3rem; }
.metadata button { font-size: .8rem; padding: 0 .5rem; border-radius: 6px; overflow-wrap: anywhere; text-align: left; }
.take { font-size: .85rem; }
.why summary { cursor: pointer; font-size: .85rem; color: var(--accent); width: max-content; }
.why table { border-collapse: collapse; font-size: .85rem; margin-top: .4rem; width: 100%; max-width: 28rem; }
.why th { font-weight: 500; text-align: left; padding: .1rem .8rem .1rem 0; color: var(--turn); width: 8rem; }
.why td { padding: .1rem 0; font-variant-numeric: tabular-nums; }
.why .adds span { display: block; padding-left: .4rem; background: linear-gradient(to right, color-mix(in srgb, var(--turn) 28%, transparent) calc(var(--share) * 100%), transparent 0); }
.why > .quiet { font-size: .85rem; }
.why td.quiet { text-align: right; padding-left: .8rem; width: 7rem; }
.nothing { padding: 2rem 0; color: var(--quiet); }
.both { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.2rem; }
.side { min-width: 0; }
.side h2 { font-weight: 620; margin-bottom: .6rem; }

dialog { border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: var(--text); padding: 1.3rem 1.5rem; max-width: min(26rem, calc(100vw - 2rem)); }
dialog::backdrop { background: rgb(10 14 24 / .45); }
dialog h2 { font-size: 1.1rem; font-weight: 650; margin-bottom: .8rem; }
dialog dl div { display: grid; grid-template-columns: 5rem 1fr; padding: .2rem 0; }
dialog form { margin-top: 1rem; display: grid; gap: .6rem; }
dialog input { border: 1px solid var(--line); border-radius: 8px; background: var(--ground); padding: .4rem .6rem; }
.switch { display: flex; gap: .5rem; align-items: center; margin-top: .8rem; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px; padding: 0 .35rem; font: .85em ui-monospace, monospace; }
.noscript { padding: 2rem; }

@media (max-width: 60rem) { .both { grid-template-columns: 1fr; } main { grid-template-columns: minmax(16rem, 20rem) minmax(0, 1fr); } }
@media (max-width: 44rem) {
  html { scroll-padding-top: 4.7rem; }
  body { height: auto; min-height: 100dvh; }
  main { display: block; }
  /* Without a box of its own the question stays in reach above all of the passages. */
  #chat { display: contents; }
  #turns { max-height: none; overflow: visible; padding: .9rem; background: var(--card); }
  #ask { position: sticky; top: 0; z-index: 1; padding: .7rem .9rem; background: var(--card); border-bottom: 1px solid var(--line); }
  #hint { display: none; }
  #results { overflow: visible; padding: .9rem .9rem 3rem; }
  .tabs { width: 100%; } .tabs button { flex: auto; padding-inline: .4rem; font-size: .93rem; }
  #restart span { display: none; }
  body > header { padding: .5rem .9rem; gap: .6rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) { mark { background: Mark; color: MarkText; } }

"""##),
    ("passages.js", "text/javascript; charset=utf-8", ##"""
// The right side: passages, why each was found, and the two queries side by side.
import { $, make, shown } from "./dom.js";
import { ages, colour, drawQuery } from "./terms.js";

/** @param actions {take(passage), filter(field, value)}; `take` is null for all turns but the last. */
export function drawOne(turn, turns, actions) {
  $("query").replaceChildren(drawQuery(turn.found, turns));
  $("list").className = "";
  $("list").replaceChildren(drawList(turn.found, turns, actions));
}

export function drawBoth(turn, turns, actions) {
  $("query").replaceChildren();
  $("list").className = "both";
  $("list").replaceChildren(
    make("section.side", { "aria-label": "Last turn alone" }, make("h2", {}, "Last turn alone"),
      drawQuery(turn.alone, turns, true), drawList(turn.alone, turns, actions, turn.found)),
    make("section.side", { "aria-label": "With the conversation" }, make("h2", {}, "With the conversation"),
      drawQuery(turn.found, turns, true), drawList(turn.found, turns, actions, turn.alone)));
}

const NOTHING = {
  unknown: "No word of the query is known to the encoder.", unshared: "No passage that may be found shares a term with the query.",
};

const nothing = (found) => (found.query.terms === 0 ? NOTHING.unknown : NOTHING.unshared);

/** What was found in a line, for whoever does not see it. */
export const summary = (found) => {
  const count = found.passages.length;
  return count ? `${count} ${count === 1 ? "passage" : "passages"}` : nothing(found);
};

function drawList(found, turns, actions, other = null) {
  if (!found.passages.length) {
    return make("p.nothing", {}, nothing(found));
  }
  const best = found.passages[0].score;
  const age = ages(found, turns);
  const ranks = other && new Map(other.passages.map((passage) => [passage.id, passage.rank]));
  return make("ol.passages", {}, ...found.passages.map((passage) => drawPassage(passage, best, age, ranks, actions)));
}

function drawPassage(passage, best, age, ranks, actions) {
  const title = passage.title || passage.id;
  // An index may be without texts.
  const hasText = typeof passage.text === "string";
  return make("li.passage", { tabindex: "-1", "data-id": passage.id },
    make("header", {},
      make("span.rank", { "aria-hidden": "true" }, String(passage.rank)),
      make("h3", {}, ...(passage.title ? marked(passage.title, passage.highlights?.title, passage, age) : [title])),
      ranks && change(passage, ranks),
      make("span.score", { "--share": String(passage.score / best), title: `Score ${passage.score}` }, passage.score.toFixed(2))),
    hasText ? make("p.text", {}, ...marked(passage.text, passage.highlights?.text, passage, age)) : null,
    make("footer", {},
      make("ul.metadata", {}, ...entries(passage).map(([field, value]) =>
        make("li", {}, make("button", {
          type: "button", title: "Only passages like this", onclick: () => actions.filter(field, value),
        }, make("span.quiet", {}, field), ` ${value}`)))),
      actions.take && hasText ? make("button.take", { type: "button", onclick: () => actions.take(passage) }, "Take as answer") : null),
    why(passage, age));
}

/** Values that a filter can ask for. */
function entries(passage) {
  return Object.entries(passage.metadata ?? {}).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((element) => ["string", "number", "boolean"].includes(typeof element) && String(element).length <= 60)
      .slice(0, 3).map((element) => [field, element])).slice(0, 6);
}

function change(passage, ranks) {
  const rank = ranks.get(passage.id);
  if (rank === undefined) return make("span.change.new", { title: "Not among the other's passages" }, "only here");
  const step = rank - passage.rank;
  if (step === 0) return make("span.change", { title: "The same rank on the other side" }, "same");
  return make("span.change" + (step > 0 ? ".up" : ".down"), { title: `Rank ${rank} on the other side` },
    `${step > 0 ? "▲" : "▼"} ${Math.abs(step)}`);
}

/** The text with its shared words marked in the colour of the turn that asked for them. */
function marked(text, places, passage, age) {
  const scalars = Array.from(text);
  const heaviest = Math.max(0.001, ...passage.explanation.map(({ contribution }) => contribution));
  const byWeight = new Map(passage.explanation.map(({ term, contribution }) => [contribution.toPrecision(5), term]));
  const parts = [];
  let end = 0;
  for (const place of places ?? []) {
    const share = place.weight / heaviest;
    // What adds next to nothing would only be noise.
    if (share < 0.12) continue;
    parts.push(scalars.slice(end, place.start).join(""));
    const term = byWeight.get(place.weight.toPrecision(5));
    parts.push(make("mark", {
      "--turn": colour(age.get(term) ?? -1), "--share": String(share.toFixed(2)),
      title: term ? `${term}: adds ${place.weight.toFixed(2)}` : undefined,
    }, scalars.slice(place.start, place.end).join("")));
    end = place.end;
  }
  parts.push(scalars.slice(end).join(""));
  return parts;
}

function why(passage, age) {
  const heaviest = Math.max(0.001, ...passage.explanation.map(({ contribution }) => contribution));
  const rows = passage.explanation.slice(0, 12).map((term) =>
    make("tr", { "--turn": colour(age.get(term.term) ?? -1) },
      make("th", { scope: "row" }, shown(term.term)),
      make("td.adds", { "--share": String(term.contribution / heaviest) }, make("span", {}, term.contribution.toFixed(2))),
      make("td.quiet", {}, `${term.query_weight.toFixed(2)} × ${term.passage_weight.toFixed(2)}`)));
  const rest = passage.explanation.length - rows.length;
  return make("details.why", {},
    make("summary", {}, `Why: ${passage.explanation.length} shared terms`),
    make("table", {}, make("thead.hidden", {}, make("tr", {}, make("th", {}, "Term"), make("th", {}, "Adds"), make("th", {}, "Query × passage"))),
      make("tbody", {}, ...rows)),
    rest > 0 ? make("p.quiet", {}, `and ${rest} lighter ones`) : null);
}

"""##),
    ("service.js", "text/javascript; charset=utf-8", ##"""
// The two calls of this page, and the key where the service wants one.
import { $ } from "./dom.js";
import { tab } from "./storage.js";

export class Problem extends Error {
  constructor(document, status) {
    super(document?.detail ?? `the service answered ${status}`);
    this.title = document?.title ?? "Problem";
    this.field = document?.field;
    this.status = status;
  }

  /** The same request would be refused again. */
  get isFinal() { return this.status === 400 || this.status === 413; }
}

/**
 * @param path of the service, relative to the page: a proxy may have put both under a path of its own.
 * @param member what an answer of the service has; a proxy's page or an empty body has not.
 */
async function call(path, member, options = {}) {
  for (;;) {
    const key = tab.get("key");
    const fields = key ? { authorization: `Bearer ${key}` } : {};
    let response;
    try {
      response = await fetch(path, { ...options, headers: { ...fields, ...options.headers }, credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem({ title: "No answer", detail: "the service cannot be reached" });
    }
    if (response.status === 401) {
      await askForKey(key);
      continue;
    }
    const document = await response.json().catch((error) => {
      if (error.name === "AbortError") throw error;
      return null;
    });
    if (!response.ok) throw new Problem(document, response.status);
    if (!document?.[member]) throw new Problem({ title: "No answer", detail: "what came back is no answer of this service" });
    return document;
  }
}

export const info = () => call("v1/info", "index");

export const search = (request, signal) =>
  call("v1/search", "passages", {
    method: "POST", signal, body: JSON.stringify(request), headers: { "content-type": "application/json" },
  });

let asking = null;

/** One dialog for whatever was refused meanwhile. @param refused the key that was not taken, if any was sent. */
function askForKey(refused) {
  // Another call has got a newer one.
  if (!asking && tab.get("key") !== refused) return null;
  asking ??= openDialog(Boolean(refused)).finally(() => { asking = null; });
  return asking;
}

function openDialog(isRefused) {
  return new Promise((resolve, reject) => {
    const dialog = $("key");
    const input = $("key-value");
    tab.remove("key");
    $("key-refused").textContent = isRefused ? "The service does not take the key that it was given. Is there another one?" : "";
    input.value = "";
    input.setCustomValidity("");
    // What is not ASCII, a pasted dash or quotation mark, is no key, and no header of a request can hold it.
    input.oninput = () => input.setCustomValidity("");
    $("key-form").onsubmit = (event) => {
      event.preventDefault();
      const key = input.value.trim();
      if (!/^[!-~]+$/.test(key)) {
        input.setCustomValidity("A key is of letters, digits and _ alone.");
        input.reportValidity();
        return;
      }
      tab.set("key", key);
      input.value = "";
      dialog.close("given");
      resolve();
    };
    dialog.onclose = () => {
      if (dialog.returnValue !== "given") reject(new Problem({ title: "No key", detail: "the service wants a key" }));
      dialog.returnValue = "";
    };
    dialog.showModal();
  });
}

"""##),
    ("storage.js", "text/javascript; charset=utf-8", ##"""
// What the browser keeps for the page. Where it keeps nothing (storage is blocked, or full), the page does so while it is open.

class Store {
  #kind;
  #own = new Map();

  /** @param kind the name of the storage; to ask for it already throws where it is blocked. */
  constructor(kind) { this.#kind = kind; }

  get(key) {
    if (this.#own.has(key)) return this.#own.get(key);
    try { return globalThis[this.#kind].getItem(key); } catch { return null; }
  }

  set(key, value) {
    this.#own.set(key, value);
    try { globalThis[this.#kind].setItem(key, value); } catch { /* It is kept above. */ }
  }

  remove(key) {
    this.#own.delete(key);
    try { globalThis[this.#kind].removeItem(key); } catch { /* It was never there. */ }
  }
}

/** Until the tab is closed. */
export const tab = new Store("sessionStorage");
/** For the next visit too. */
export const browser = new Store("localStorage");

"""##),
    ("terms.js", "text/javascript; charset=utf-8", ##"""
// The query as the encoder sees it: terms by the turn that they came from, and where the time went.
import { make, milliseconds, shown } from "./dom.js";

const COLOURS = 6;

/** The colour of a turn by how many turns ago it was; what stands around the words has none. */
export const colour = (age) => (age < 0 ? "var(--around)" : `var(--turn-${Math.min(age, COLOURS - 1)})`);

/** For each term the age of the turn that gave it its weight. */
export function ages(found, turns) {
  const newest = turns.at(-1);
  const map = new Map();
  for (const group of found.terms_by_turn) {
    const age = group.source === "message" ? newest - turns[group.message] : -1;
    for (const { term } of group.terms) map.set(term, age);
  }
  return map;
}

export function drawQuery(found, turns, isBrief = false) {
  const heaviest = Math.max(0.001, ...found.terms_by_turn.flatMap((group) => group.terms.map(({ weight }) => weight)));
  const groups = found.terms_by_turn.map((group) => drawGroup(group, turns, heaviest, isBrief ? 8 : 24));
  return make("section.query", { "aria-label": "What is searched for" },
    make("div.groups", {}, ...groups),
    found.query.truncated ? make("p.warning", {}, "The oldest words did not fit the model and were left out.") : null,
    drawTiming(found));
}

function drawGroup(group, turns, heaviest, most) {
  const newest = turns.at(-1);
  const isMessage = group.source === "message";
  const age = isMessage ? newest - turns[group.message] : -1;
  const name = !isMessage ? "Between the turns"
    : `${group.role === "assistant" ? "Answer" : "Question"} ${turns[group.message] + 1}`;
  const rest = group.terms.length - most;
  const chips = group.terms.map(({ term, weight }, place) =>
    make("li" + (place >= most ? ".more" : ""), {
      "--share": String(weight / heaviest), title: `${term}: weight ${weight.toFixed(3)}`,
    }, shown(term)));
  const list = make("ul.chips", {}, ...chips);
  return make("div.group", { "--turn": colour(age) },
    make("h3", {}, name, " ", make("span.quiet", {}, `${group.terms.length} ${group.terms.length === 1 ? "term" : "terms"}`)),
    list,
    rest > 0 ? make("button.link", {
      type: "button", "aria-expanded": "false",
      onclick: (event) => {
        const isOpen = list.classList.toggle("all");
        event.currentTarget.setAttribute("aria-expanded", String(isOpen));
        event.currentTarget.textContent = isOpen ? "fewer" : `${rest} more`;
      },
    }, `${rest} more`) : null);
}

function drawTiming(found) {
  const { queue_ms: queue, encode_ms: encode, search_ms: search, explain_ms: explain, total_ms: total } = found.timing;
  const rest = Math.max(0, total - queue - encode - search - explain);
  const stages = [["queue", queue], ["encode", encode], ["search", search], ["explain", explain], ["rest", rest]];
  const label = stages.map(([name, value]) => `${name} ${milliseconds(value)}`).join(", ");
  return make("div.timing", {},
    make("div.stages", { role: "img", "aria-label": label },
      ...stages.map(([name, value]) => make(`span.stage.${name}`, { "--part": String(value / Math.max(total, 0.001)) }))),
    make("ul.legend", {},
      ...stages.filter(([name]) => name !== "queue" || queue >= 0.05).map(([name, value]) =>
        make(`li.${name}`, {}, `${name} `, make("b", {}, milliseconds(value)))),
      make("li.total", {}, "total ", make("b", {}, milliseconds(total))),
      found.query.cached ? make("li.flag", { title: "The vector was known already" }, "known query") : null,
      make("li.flag", { title: `${found.index.postings_touched.toLocaleString("en")} postings, weights ${found.index.weights}` },
        found.index.exact ? "exact" : "approximate")));
}

"""##),
    ("theme.js", "text/javascript; charset=utf-8", ##"""
// Light, dark, or as the system has it.
import { $ } from "./dom.js";
import { browser } from "./storage.js";

const NAMES = { system: "as the system", light: "light", dark: "dark" };

export function setUpTheme() {
  const order = Object.keys(NAMES);
  const kept = browser.get("theme");
  let theme = order.includes(kept) ? kept : "system";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    $("theme").setAttribute("aria-label", `Colours: ${NAMES[theme]}`);
    $("theme").title = `Colours: ${NAMES[theme]}`;
  };
  $("theme").addEventListener("click", () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    browser.set("theme", theme);
    apply();
  });
  apply();
}

"""##),
  ]
}
