// Passkeys for the forms of the account: asks the server, speaks to the device's authenticator, and sends the form on with
// its answer. Everything else of these pages works without it.
"use strict";

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
  const key = await navigator.credentials.create({ publicKey });
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      attestationObject: text(key.response.attestationObject),
      clientDataJSON: text(key.response.clientDataJSON),
    },
    extensions: {},
  };
}

async function proven(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: described(options.allowCredentials),
  };
  const key = await navigator.credentials.get({ publicKey });
  const handle = key.response.userHandle;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      authenticatorData: text(key.response.authenticatorData),
      clientDataJSON: text(key.response.clientDataJSON),
      signature: text(key.response.signature),
      userHandle: handle && handle.byteLength > 0 ? text(handle) : null,
    },
    extensions: {},
  };
}

async function answered(form) {
  const fields = new FormData(form);
  const asked = await fetch("/account/passkey/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      mark: fields.get("mark"),
      what: form.dataset.passkey,
      for: fields.get("for") ?? "",
      id: fields.get("id") ?? "",
    }),
  });
  const body = await asked.json();
  if (!asked.ok) throw new Error(document.documentElement.lang === "en" ? body.detail : body.detail_zh);
  const options = body.options.publicKey;
  const isNew = ["add", "join", "recover", "device"].includes(form.dataset.passkey);
  const answer = isNew ? await made(options) : await proven(options);
  form.elements.ask.value = body.ask;
  form.elements.answer.value = JSON.stringify(answer);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const notice = form.querySelector("[data-none]");
  if (!window.PublicKeyCredential) {
    notice.textContent = notice.dataset.none;
    notice.hidden = false;
    continue;
  }
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    notice.hidden = true;
    try {
      await answered(form);
      form.submit();
    } catch (why) {
      const ours = why instanceof Error && why.constructor === Error;
      notice.textContent = ours && why.message ? why.message : notice.dataset.failed;
      notice.hidden = false;
      button.disabled = false;
    }
  });
}
