import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLog } from '@marquee/chassis/telemetry/log';
import { TokenVerifier } from '../src/identity/token-verifier.js';
import { bearer, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';

const silent = openLog('gateway', 'test', 'silent');

let issuer: Issuer;
let clock: number;
let verifier: TokenVerifier;

beforeEach(async () => {
  issuer = await openIssuer();
  clock = Date.now();
  verifier = new TokenVerifier({
    issuer: issuer.url,
    clientIds: [issuer.clientId],
    jwksUri: `${issuer.url}/.well-known/jwks.json`,
    log: silent,
    now: () => clock,
  });
});

afterEach(async () => {
  verifier.close();
  await issuer.close();
});

describe('a flood of tokens with unknown keys', () => {
  test('costs one fetch a minute, in parallel or in sequence, while valid tokens stay valid', async () => {
    expect(await statusesOf(unknownKeys('a', 200))).toEqual(new Set(['401']));
    expect(issuer.fetches).toBe(1);
    for (const token of unknownKeys('b', 50)) await statusesOf([token]);
    clock += 59_000;
    await statusesOf(unknownKeys('c', 50));
    expect((await verifier.verify(await issuer.userToken('ada'))).sub).toBe('ada');
    expect(issuer.fetches).toBe(1);
    clock += 1_000;
    for (const token of unknownKeys('d', 50)) await statusesOf([token]);
    expect(issuer.fetches).toBe(2);
  });

  test('costs one fetch over HTTP', async () => {
    const users = await openUsers();
    const gateway = await openGateway([users], { issuer });
    const flood = unknownKeys('e', 200).map(async (token) => gateway.query('{ caller }', bearer(await token)));
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await gateway.query('{ caller }', bearer(await issuer.userToken('ada')))).data.caller).toContain('"ada"');
    expect(issuer.fetches).toBe(1);
    await gateway.close();
    await users.close();
  });

  test('with foreign issuers causes no fetch', async () => {
    const claims = Array.from({ length: 20 }, (_, index) => issuer.userToken('ada', { iss: `https://${index}.test` }));
    expect(await statusesOf(claims)).toEqual(new Set(['401']));
    expect(issuer.fetches).toBe(0);
  });
});

test('tokens that arrive during a fetch of the keys wait for it', async () => {
  const people = await Promise.all(['ada', 'bob', 'cleo', 'dan'].map((name) => issuer.userToken(name)));
  const verifying = [];
  for (const token of people) {
    verifying.push(verifier.verify(token));
    await new Promise(setImmediate);
  }
  expect((await Promise.all(verifying)).map(({ sub }) => sub)).toEqual(['ada', 'bob', 'cleo', 'dan']);
  expect(issuer.fetches).toBe(1);
});

describe('while the issuer is unreachable', () => {
  test('tokens get 503, with one attempt in five seconds, and are valid once the issuer is reachable', async () => {
    await issuer.stop();
    expect(await statusesOf([issuer.userToken('ada'), issuer.userToken('bob')])).toEqual(new Set(['503']));
    await issuer.restart();
    expect(await statusesOf([issuer.userToken('ada')])).toEqual(new Set(['503']));
    expect(issuer.fetches).toBe(0);
    clock += 5_000;
    expect((await verifier.verify(await issuer.userToken('ada'))).sub).toBe('ada');
  });

  test('tokens with cached keys stay valid, including new tokens', async () => {
    await verifier.verify(await issuer.userToken('ada'));
    await issuer.stop();
    clock += 3_600_000;
    expect((await verifier.verify(await issuer.userToken('bob'))).sub).toBe('bob');
  });

  test('the error names the service and not its address', async () => {
    await issuer.stop();
    const users = await openUsers();
    const gateway = await openGateway([users], { issuer });
    const { status, errors } = await gateway.query('{ caller }', bearer(await issuer.userToken('ada')));
    expect(status).toBe(503);
    expect(errors).toEqual([
      {
        message: 'The service "issuer" is unavailable.',
        extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'issuer' },
      },
    ]);
    expect((await gateway.query('{ caller }')).data.caller).toBe('{"kind":"guest"}');
    await gateway.close();
    await users.close();
  });
});

test('a token is verified once, and again after it expires', async () => {
  const token = await issuer.userToken('ada');
  const first = await verifier.verify(token);
  expect(await verifier.verify(token)).toBe(first);
  clock = first.expiresAt;
  expect(await verifier.verify(token)).not.toBe(first);
});

function unknownKeys(series: string, count: number): Promise<string>[] {
  return Array.from({ length: count }, (_, index) => issuer.userToken('eve', {}, { kid: `${series}-${index}` }));
}

async function statusesOf(pending: Promise<string>[]): Promise<Set<string>> {
  const issued = await Promise.all(pending);
  const statuses = issued.map((token) =>
    verifier.verify(token).then(
      () => 'accepted',
      (error: { extensions: { http: { status: number } } }) => String(error.extensions.http.status),
    ),
  );
  return new Set(await Promise.all(statuses));
}
