// A browser that is signed in and does as its person would: follows our own pages, agrees, and stops where it leaves our
// site. It knows no protocol: that is the clients' part.

const unescape = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');

const hidden = (page, name) => {
  const found = page.match(new RegExp(`name="${name}" value="([^"]*)"`));
  if (!found) throw new Error(`no field ${name} on the page`);
  return unescape(found[1]);
};

/** From an address of ours to the address that the app is called back at. */
export const walk = async (start, { cookie, answer = 'allow', choices = { c_name: 'give', c_region: 'give', c_age_band: 'give' } }) => {
  const site = new URL(start).origin;
  let response = await fetch(start, { redirect: 'manual', headers: { cookie } });
  for (let step = 0; step < 6; step += 1) {
    const to = response.headers.get('location');
    if (to) {
      const next = new URL(to, site);
      if (next.origin !== site) return next;
      response = await fetch(next, { redirect: 'manual', headers: { cookie } });
      continue;
    }
    const page = await response.text();
    const leads = page.match(/content="0;url=([^"]*)"/);
    if (leads) return new URL(unescape(leads[1]));
    const form = page.match(/action="(\/oauth2\/(?:consent|logout))"/);
    if (!form) throw new Error(`a page that leads nowhere (${response.status}): ${page.slice(0, 400)}`);
    const fields = form[1].endsWith('consent') ? ['request', 'shown', 'lang', 'mark'] : ['request', 'mark'];
    const body = new URLSearchParams(fields.map((name) => [name, hidden(page, name)]));
    for (const [name, value] of Object.entries(choices)) if (page.includes(`name="${name}"`)) body.set(name, value);
    body.set('answer', form[1].endsWith('logout') ? 'leave' : answer);
    response = await fetch(new URL(form[1], site), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
  }
  throw new Error('too many steps');
};

/** Fails unless the two are the same. */
export const same = (found, expected, what) => {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }
  console.log(`ok ${what}`);
};

/** Fails unless the promise fails with this word of the protocol. */
export const refused = async (promise, word, what) => {
  try {
    await promise;
  } catch (error) {
    const found = error.error ?? error.cause?.error ?? error.cause?.[0]?.parameters?.error ?? error.code;
    return same(found, word, what);
  }
  throw new Error(`${what}: nothing was refused`);
};
