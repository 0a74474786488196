// The same cases, each named by its clause, against Yima and against npm oidc-provider. Yima has to do what the case says;
// where the oracle does otherwise, docs/oidc-differences.md has to say so and why, in the words that were seen, and it may
// name no difference that is not there. A case is [name, what is right, what asks a side for it].

import { readFileSync } from 'node:fs';
import assertions from './cases/assertion.mjs';
import authorize from './cases/authorize.mjs';
import device from './cases/device.mjs';
import discovery from './cases/discovery.mjs';
import dpop from './cases/dpop.mjs';
import logout from './cases/logout.mjs';
import openid from './cases/openid.mjs';
import par from './cases/par.mjs';
import pkce from './cases/pkce.mjs';
import redeem from './cases/redeem.mjs';
import tokens from './cases/tokens.mjs';
import { oracle } from './oracle.mjs';
import { Side } from './side.mjs';

const CASES = [...discovery, ...authorize, ...pkce, ...par, ...redeem, ...assertions, ...dpop, ...tokens, ...device, ...openid, ...logout];
const LIST = new URL('../../../docs/oidc-differences.md', import.meta.url);

/** The declared differences: case → what the two say. */
const declared = () => {
  const rows = readFileSync(LIST, 'utf8').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| case'));
  return new Map(rows.map((line) => line.split('|').map((cell) => cell.trim())).map(([, name, yima, other, why]) => [name, { yima, other, why }]));
};

const seen = async (side, act) => {
  try { return await act(side); } catch (error) { return `failed: ${error.message}`; }
};

const { url, cookie, now, apps } = JSON.parse(process.env.YIMA_WORLD);
const twin = await oracle(apps);
const ours = new Side({ name: 'Yima', issuer: url, apps, cookie, now: () => now ?? Math.floor(Date.now() / 1000) });
const theirs = new Side({ name: 'oidc-provider', issuer: twin.issuer, apps, now: () => Math.floor(Date.now() / 1000) });
await Promise.all([ours.open(), theirs.open()]);
const first = await theirs.asked(apps.secret, {}, { person: 'sign-in' });
if (first !== 'back code') throw new Error(`nobody could sign in at the oracle: ${first}`);

const [list, wrong] = [declared(), []];
for (const [name, right, act] of CASES) {
  if (CASES.filter(([other]) => other === name).length > 1) wrong.push(`two cases are called: ${name}`);
  const [yima, other] = [await seen(ours, act), await seen(theirs, act)];
  if (yima !== right) wrong.push(`${name}: Yima says ${yima}, right is ${right}`);
  const row = list.get(name);
  list.delete(name);
  if (yima === other && row) wrong.push(`${name}: no difference any more, take its row away`);
  if (yima !== other && (row?.yima !== yima || row?.other !== other)) wrong.push(`a row is missing or says otherwise: | ${name} | ${yima} | ${other} | why |`);
  if (row && !row.why) wrong.push(`${name}: its row does not say why`);
  console.log(`${yima === right ? 'ok' : 'not ok'} ${name}`);
}
for (const name of list.keys()) wrong.push(`the list names a case that there is not: ${name}`);
twin.stop();
console.log(`${CASES.length} cases`);
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
