// Puts the parts together: one conversation, one request at a time.
import { $, make, number } from "./dom.js";
import { Conversation } from "./conversation.js";
import { drawChat } from "./chat.js";
import { drawBoth, drawOne } from "./passages.js";
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
  if (!turn?.found || (isComparing && !turn.alone)) {
    if (!turn) for (const id of ["query", "list"]) $(id).replaceChildren();
    return;
  }
  const { turns } = conversation.upTo(conversation.shown);
  const isLast = conversation.shown === conversation.turns.length - 1;
  const actions = { filter: addFilter, take: isLast ? take : null };
  (isComparing ? drawBoth : drawOne)(turn, turns, actions);
}

/** Asks the service for what the shown turn lacks. */
async function find() {
  const turn = conversation.current;
  if (!turn) return draw();
  running?.abort();
  const own = new AbortController();
  running = own;
  $("results").setAttribute("aria-busy", "true");
  const { messages } = conversation.upTo(conversation.shown);
  const filter = filters.request;
  const request = { messages, k: Number($("depth").value), explain: true, ...(filter ? { filter } : {}) };
  try {
    turn.found ??= await service.search({ ...request, form: $("form").value }, own.signal);
    if (isComparing) turn.alone ??= await service.search({ ...request, form: "last-turn" }, own.signal);
    tell(null);
  } catch (error) {
    if (error.name === "AbortError") return;
    tell(error);
  }
  if (running === own) $("results").setAttribute("aria-busy", "false");
  draw();
}

function tell(problem) {
  $("problem").hidden = !problem;
  $("problem").replaceChildren(...(problem ? [make("b", {}, problem.title ?? "Problem"), ` ${problem.message}`] : []));
}

/** Everything that was found is found anew: filters, depth or form have changed. */
function refresh() {
  for (const turn of conversation.turns) turn.found = turn.alone = null;
  find();
}

async function ask(question) {
  conversation.ask(question);
  draw();
  await find();
  // On a phone the passages lie below.
  if (matchMedia("(max-width: 44rem)").matches) $("results").scrollIntoView({ block: "start" });
}

function show(place) {
  conversation.shown = place;
  draw();
  find();
}

function takeBack() {
  const turn = conversation.takeBack();
  if (!turn) return;
  $("question").value = turn.question;
  draw();
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
  draw();
  find();
}

async function setUp() {
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
    tell(null);
    draw();
    $("question").focus();
  });
  listen({ compare, takeBack });
  $("form").append(...Object.entries(FORMS).map(([value, text]) => make("option", { value }, text)));
  draw();
  $("question").focus();
  try {
    info = await service.info();
    $("form").value = info.encoder.form;
    $("served").textContent = `${number(info.index.passages)} passages · ${info.encoder.name}`;
    draw();
  } catch (error) {
    tell(error);
  }
}

setUp();
