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
