// Asks a page that waits for something again by itself, and takes over its new picture; goes on where it leads. A page that
// is read again as a whole would begin to be spoken anew. Without this script the page's own refresh does it.
const waits = document.querySelector("[data-again]");

async function again() {
  try {
    const answer = await fetch(waits.dataset.again, { headers: { Accept: "text/html" } });
    if (answer.redirected || !answer.ok) {
      location.assign(answer.url);
      return;
    }
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-again]");
    if (!next) {
      if (waits.dataset.to) location.assign(waits.dataset.to);
      else location.reload();
      return;
    }
    waits.dataset.again = next.dataset.again;
    waits.dataset.after = next.dataset.after;
    waits.replaceChildren(...next.children);
  } catch {
    // No network for now: ask again.
  }
  setTimeout(again, waits.dataset.after * 1000);
}

if (waits) setTimeout(again, waits.dataset.after * 1000);
