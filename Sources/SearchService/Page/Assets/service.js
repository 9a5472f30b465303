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
  return new Promise((resolve, reject) => {
    const dialog = $("key");
    const input = $("key-value");
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
      sessionStorage.setItem("key", key);
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
