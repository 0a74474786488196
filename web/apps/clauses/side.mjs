// One of the two that are compared, as a client and a browser meet it: what is sent, and in a few words what came back.
// It knows no clause.

import { BACK } from './oracle.mjs';
import { assertion, random, sha256 } from './jose.mjs';

const unescape = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
const hidden = (page, name) => unescape(page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? '');
const FORM = 'application/x-www-form-urlencoded';
const STEPS_MAX = 8;

/** An answer in a few words: its status, and the protocol's word for what is wrong. */
export const said = (answer) => `${answer.status} ${answer.status < 400 ? 'ok' : answer.json?.error ?? 'no word'}`;

export class Side {
  /** @param about name, issuer, apps, the browser's cookies, and the time in seconds (Yima's may stand still) */
  constructor({ name, issuer, apps, cookie = '', now }) {
    Object.assign(this, { name, issuer, apps, now, back: BACK });
    this.jar = new Map(cookie.split('; ').filter(Boolean).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  }

  async open() {
    this.meta = (await this.send(`${this.issuer}/.well-known/openid-configuration`)).json;
  }

  /** One request, and all that came back. */
  async send(url, { method = 'GET', headers = {}, body } = {}) {
    const response = await fetch(url, { method, headers, body, redirect: 'manual' });
    const text = await response.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    return { status: response.status, headers: response.headers, text, json };
  }

  /** A form to an endpoint, by an app that proves itself as it is registered; `body` may be text, to be sent as it is. */
  async post(endpoint, app, body = {}, headers = {}) {
    const form = typeof body === 'string' ? body : new URLSearchParams(Object.entries(body).filter(([, value]) => value !== undefined));
    const more = { 'content-type': FORM };
    if (app?.secret) more.authorization = this.basic(app.id, app.secret);
    else if (app?.jwk && typeof body !== 'string') {
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      form.set('client_assertion', body.client_assertion ?? assertion(app, this.issuer, this.now()));
    } else if (app && typeof body !== 'string') form.set('client_id', app.id);
    const url = endpoint.startsWith('http') ? endpoint : this.meta[endpoint];
    return this.send(url, { method: 'POST', headers: { ...more, ...headers }, body: String(form) });
  }

  basic(id, secret) {
    return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  }

  /** A good authorization request of an app, with what replaces its members; undefined leaves one out. */
  request(app, more = {}) {
    const verifier = random();
    const all = {
      response_type: 'code', client_id: app.id, redirect_uri: this.back, scope: 'openid profile', state: random(8), nonce: random(8),
      code_challenge: sha256(verifier), code_challenge_method: 'S256', ...more,
    };
    return { verifier, params: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
  }

  /** Sends the browser to an address of this side and does as its person would, until the site is left or a page stays. */
  async walk(start, { person = 'agree', signedIn = true, method = 'GET', body, jar = signedIn ? this.jar : new Map() } = {}) {
    let [url, sent] = [new URL(start), { method, body }];
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const headers = { cookie, 'x-person': person, 'sec-fetch-site': 'same-origin', ...(sent.body ? { 'content-type': FORM } : {}) };
      const answer = await this.send(url, { ...sent, headers });
      this.keep(answer, jar);
      const to = answer.headers.get('location') ?? unescape(answer.text.match(/content="0;url=([^"]*)"/)?.[1] ?? '');
      if (to) {
        const next = new URL(to, url);
        if (next.origin !== new URL(this.issuer).origin) return { kind: 'back', at: next, params: Object.fromEntries(next.searchParams) };
        if (/^\/account\/(sign-in|step-up)/.test(next.pathname)) return { kind: 'sign-in' };
        [url, sent] = [next, { method: 'GET' }];
        continue;
      }
      const pressed = this.press(answer.text, person);
      if (typeof pressed === 'string') return { kind: pressed };
      if (!pressed) return { kind: 'page', status: answer.status, text: answer.text };
      [url, sent] = [new URL(pressed.action, url), { method: 'POST', body: String(pressed.form) }];
    }
    throw new Error(`${this.name}: too many steps from ${start}`);
  }

  keep(answer, jar) {
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      if (value && !/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) jar.set(name, value);
      else jar.delete(name);
    }
  }

  /** The form of a page, filled in; a word for a page that is only looked at. */
  press(page, person) {
    const stays = page.match(/^page: (.*)$/);
    if (stays) return stays[1];
    const consent = page.includes('action="/oauth2/consent"');
    if (consent || page.includes('action="/oauth2/logout"')) {
      if (person === 'look') return consent ? 'consent' : 'asks to leave';
      const form = new URLSearchParams((consent ? ['request', 'shown', 'lang', 'mark'] : ['request', 'mark']).map((name) => [name, hidden(page, name)]));
      for (const name of ['c_name', 'c_region', 'c_age_band']) if (page.includes(`name="${name}"`)) form.set(name, 'give');
      form.set('answer', consent ? (person === 'refuse' ? 'refuse' : 'allow') : 'leave');
      return { action: consent ? '/oauth2/consent' : '/oauth2/logout', form };
    }
    const leave = page.match(/action="([^"]*\/session\/end\/confirm)"/);
    if (!leave) return undefined;
    if (person === 'look') return 'asks to leave';
    return { action: unescape(leave[1]), form: new URLSearchParams({ xsrf: hidden(page, 'xsrf'), logout: 'yes' }) };
  }

  /** Asks for authorization; what became of it. `more` replaces members of the request. */
  async ask(app, more = {}, how = {}) {
    const { verifier, params } = this.request(app, more);
    const query = how.query ?? String(new URLSearchParams(params));
    const start = new URL(this.meta.authorization_endpoint);
    const done = how.method === 'POST' ? await this.walk(start, { ...how, body: query }) : await this.walk(`${start}?${query}`, how);
    return { ...done, verifier, asked: params };
  }

  /** The same in a few words. */
  async asked(app, more, how) {
    const done = await this.ask(app, more, how);
    if (done.kind === 'back') return `back ${done.params.error ?? (done.params.code ? 'code' : 'nothing')}`;
    return done.kind === 'page' ? `page ${done.status}` : done.kind;
  }

  /** A code, and what redeems it. */
  async code(app, more, how) {
    const done = await this.ask(app, more, how);
    if (!done.params?.code) throw new Error(`${this.name}: no code but ${done.kind} ${JSON.stringify(done.params ?? done.text?.slice(0, 300))}`);
    return { grant_type: 'authorization_code', code: done.params.code, redirect_uri: this.back, code_verifier: done.verifier };
  }

  /** Tokens of a sign-in. */
  async tokens(app, more, headers) {
    const answer = await this.post('token_endpoint', app, await this.code(app, more), headers);
    if (answer.status !== 200) throw new Error(`${this.name}: no tokens but ${answer.text}`);
    return answer.json;
  }

  /** Tokens of a sign-in that goes on. OpenID Connect Core 11: consent is asked for. */
  offline(app, headers) {
    return this.tokens(app, { scope: 'openid profile offline_access', prompt: 'consent' }, headers);
  }

  refresh(app, token, more = {}, headers = {}) {
    return this.post('token_endpoint', app, { grant_type: 'refresh_token', refresh_token: token, ...more }, headers);
  }

  userinfo(token, { scheme = 'Bearer', method = 'GET', headers = {} } = {}) {
    const authorization = token === undefined ? {} : { authorization: `${scheme} ${token}` };
    return this.send(this.meta.userinfo_endpoint, { method, headers: { ...authorization, ...headers } });
  }

  introspect(app, token) {
    return this.post('introspection_endpoint', app, { token });
  }
}
