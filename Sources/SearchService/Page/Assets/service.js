// The two calls of this page, and the key where the service wants one.
import { $ } from "./dom.js";

export class Problem extends Error {
  constructor(document, status) {
    super(document?.detail ?? `the service answered ${status}`);
    this.title = document?.title ?? "Problem";
    this.field = document?.field;
  }
}

function fields() {
  const key = sessionStorage.getItem("key");
  return key ? { authorization: `Bearer ${key}` } : {};
}

async function call(path, options = {}) {
  for (;;) {
    let response;
    try {
      response = await fetch(path, { ...options, headers: { ...fields(), ...options.headers }, credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem({ title: "No answer", detail: "the service cannot be reached" });
    }
    if (response.status === 401) {
      await askForKey();
      continue;
    }
    const document = await response.json().catch(() => null);
    if (!response.ok) throw new Problem(document, response.status);
    return document;
  }
}

export const info = () => call("/v1/info");

export const search = (request, signal) =>
  call("/v1/search", {
    method: "POST", signal, body: JSON.stringify(request), headers: { "content-type": "application/json" },
  });

function askForKey() {
  return new Promise((resolve) => {
    const dialog = $("key");
    $("key-form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem("key", $("key-value").value.trim());
      $("key-value").value = "";
      dialog.close();
      resolve();
    };
    dialog.showModal();
  });
}
