import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLog } from '@marquee/chassis/telemetry/log';
import { TokenVerifier } from '../src/identity/token-verifier.js';
import { bearer, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';

const silent = openLog('gateway', 'test', 'silent');

let issuer: Issuer;
let clock: number;
let tokens: TokenVerifier;

beforeEach(async () => {
  issuer = await openIssuer();
  clock = Date.now();
  tokens = new TokenVerifier({
    issuer: issuer.url,
    clientIds: [issuer.clientId],
    jwksUri: `${issuer.url}/.well-known/jwks.json`,
    log: silent,
    now: () => clock,
  });
});

afterEach(async () => {
  tokens.close();
  await issuer.close();
});

describe('a flood of tokens with unknown keys', () => {
  test('costs one fetch a minute, together or one by one, while good tokens keep working', async () => {
    expect(await refusalsOf(unknownKeys('a', 200))).toEqual(new Set(['401']));
    expect(issuer.fetches).toBe(1);
    for (const token of unknownKeys('b', 50)) await refusalsOf([token]);
    clock += 59_000;
    await refusalsOf(unknownKeys('c', 50));
    expect((await tokens.verify(await issuer.userToken('ada'))).sub).toBe('ada');
    expect(issuer.fetches).toBe(1);
    clock += 1_000;
    for (const token of unknownKeys('d', 50)) await refusalsOf([token]);
    expect(issuer.fetches).toBe(2);
  });

  test('costs one fetch over HTTP too', async () => {
    const users = await openUsers();
    const gateway = await openGateway([users], { issuer });
    const flood = unknownKeys('e', 200).map(async (token) => gateway.query('{ caller }', bearer(await token)));
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await gateway.query('{ caller }', bearer(await issuer.userToken('ada')))).data.caller).toContain('"ada"');
    expect(issuer.fetches).toBe(1);
    await gateway.close();
    await users.close();
  });

  test('is not read into memory by the issuers that the tokens claim', async () => {
    const claims = Array.from({ length: 20 }, (_, index) => issuer.userToken('ada', { iss: `https://${index}.test` }));
    expect(await refusalsOf(claims)).toEqual(new Set(['401']));
    expect(issuer.fetches).toBe(0);
  });
});

test('tokens that come while the keys are being fetched wait for them', async () => {
  const people = await Promise.all(['ada', 'bob', 'cleo', 'dan'].map((name) => issuer.userToken(name)));
  const verifying = [];
  for (const token of people) {
    verifying.push(tokens.verify(token));
    await new Promise(setImmediate);
  }
  expect((await Promise.all(verifying)).map(({ sub }) => sub)).toEqual(['ada', 'bob', 'cleo', 'dan']);
  expect(issuer.fetches).toBe(1);
});

describe('while the keys are out of reach', () => {
  test('tokens get 503 from the start, with one attempt in five seconds, and count once the issuer is there', async () => {
    await issuer.stop();
    expect(await refusalsOf([issuer.userToken('ada'), issuer.userToken('bob')])).toEqual(new Set(['503']));
    await issuer.restart();
    expect(await refusalsOf([issuer.userToken('ada')])).toEqual(new Set(['503']));
    expect(issuer.fetches).toBe(0);
    clock += 5_000;
    expect((await tokens.verify(await issuer.userToken('ada'))).sub).toBe('ada');
  });

  test('tokens with keys that were fetched before count, new ones too', async () => {
    await tokens.verify(await issuer.userToken('ada'));
    await issuer.stop();
    clock += 3_600_000;
    expect((await tokens.verify(await issuer.userToken('bob'))).sub).toBe('bob');
  });

  test('a client is told which service is missing and not where it is', async () => {
    await issuer.stop();
    const users = await openUsers();
    const gateway = await openGateway([users], { issuer });
    const { status, errors } = await gateway.query('{ caller }', bearer(await issuer.userToken('ada')));
    expect(status).toBe(503);
    expect(errors).toEqual([
      {
        message: 'The service "issuer" does not answer now.',
        extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'issuer' },
      },
    ]);
    expect((await gateway.query('{ caller }')).data.caller).toBe('{"kind":"guest"}');
    await gateway.close();
    await users.close();
  });
});

test('a token is verified once, and anew when its time is over', async () => {
  const token = await issuer.userToken('ada');
  const first = await tokens.verify(token);
  expect(await tokens.verify(token)).toBe(first);
  clock = first.expiresAt;
  expect(await tokens.verify(token)).not.toBe(first);
});

function unknownKeys(series: string, count: number): Promise<string>[] {
  return Array.from({ length: count }, (_, index) => issuer.userToken('eve', {}, { kid: `${series}-${index}` }));
}

async function refusalsOf(made: Promise<string>[]): Promise<Set<string>> {
  const given = await Promise.all(made);
  const statuses = given.map((token) =>
    tokens.verify(token).then(
      () => 'accepted',
      (error: { extensions: { http: { status: number } } }) => String(error.extensions.http.status),
    ),
  );
  return new Set(await Promise.all(statuses));
}
