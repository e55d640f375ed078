import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { testKeys } from '@marquee/testkit/test-keys';
import { generateKeyPair, UnsecuredJWT } from 'jose';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers, textFile } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer, sign } from './fixtures/issuer.js';
import { codeOf, manifestOf, transports } from './fixtures/transport-clients.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;
/** A gateway with the document in its manifest, for the transport of trusted documents. */
let trusting: Gateway;
/** Keys of a foreign issuer by algorithm. Generating one is slow. */
const foreignKeys: Record<string, ReturnType<typeof generateKeyPair>> = {};

beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(), openIssuer()]);
  const TRUSTED_DOCUMENTS_FILE = await textFile('manifest.json', manifestOf(['{ caller }']));
  [gateway, trusting] = await Promise.all([
    openGateway([users], { issuer }),
    openGateway([users], { issuer, TRUSTED_DOCUMENTS: 'on', TRUSTED_DOCUMENTS_FILE }),
  ]);
});

afterAll(async () => {
  await Promise.all([gateway.close(), trusting.close()]);
  await Promise.all([users.close(), issuer.close()]);
});

beforeEach(() => {
  users.received = [];
});

describe('a valid token', () => {
  test('identifies a user with the role from the users service, whatever role it claims', async () => {
    const token = await issuer.userToken('ada', { role: 'ADMIN', 'cognito:groups': ['ADMIN'], 'custom:role': 'ADMIN' });
    expect(await callerOf(token)).toEqual({
      kind: 'user',
      id: 'id-of-ada',
      sub: 'ada',
      role: 'FREELANCER',
      scopes: [],
    });
  });

  test('grants the scopes with our prefix and no others', async () => {
    const token = await issuer.machineToken('openid', 'marquee/shows.read', 'other/shows.write', 'graph.explore');
    expect(await callerOf(token)).toEqual({ kind: 'machine', clientId: issuer.clientId, scopes: ['shows.read'] });
  });

  test('of a machine client causes no request to the users service', async () => {
    await gateway.query('{ __typename }', bearer(await issuer.machineToken('marquee/shows.read')));
    expect(users.received).toEqual([]);
  });

  async function callerOf(token: string): Promise<unknown> {
    const { data } = await gateway.query('{ caller }', bearer(token));
    return JSON.parse(data.caller);
  }
});

describe('rejects a token with 401 and the reason', () => {
  const past = Math.floor(Date.now() / 1000) - 10;
  const refusals: [string, () => Promise<string> | string, string][] = [
    ['has no signature (alg none)', unsecured, 'expected the algorithm RS256'],
    ['is signed with the public key as a secret (HS256)', confused, 'expected the algorithm RS256'],
    ['is signed with another RSA algorithm', () => foreign('RS512'), 'expected the algorithm RS256'],
    ['comes from another issuer', () => tokenWith({ iss: 'https://elsewhere.test' }), 'expected the issuer http'],
    ['was issued to another client', () => tokenWith({ client_id: 'other' }), 'its client_id is not accepted'],
    ['has no client', () => tokenWith({ client_id: undefined }), 'claim client_id'],
    ['is an ID token', () => tokenWith({ token_use: 'id' }), 'expected token_use "access"'],
    ['has no subject', () => tokenWith({ sub: undefined }), 'claim sub'],
    ['has expired', () => tokenWith({ exp: past }), 'expired (exp)'],
    ['lives longer than a day', () => tokenWith({ exp: past + 86_500 }), 'valid for more than 86400 s'],
    ['is issued in the future', () => tokenWith({ iat: past + 86_400, exp: past + 172_000 }), 'valid for more than'],
    [
      'has no issue time and a late end',
      () => tokenWith({ iat: undefined, exp: past + 90_000 }),
      'valid for more than',
    ],
    ['never expires', () => tokenWith({ exp: undefined }), 'claim exp'],
    ['is not valid yet', () => tokenWith({ nbf: past + 3600 }), 'not yet valid (nbf)'],
    ['was modified', async () => changed(await tokenWith({})), 'invalid signature'],
    ['is signed with a foreign key under a known key id', () => foreign('RS256'), 'invalid signature'],
    ['has no key id', () => tokenWith({}, { kid: undefined }), 'no key id (kid)'],
    ['is not a token', () => 'not-a-token', 'not a JSON Web Token'],
    ['has three parts that cannot be decoded', () => 'a.b.c', 'not a JSON Web Token'],
  ];

  test.each(refusals)('when it %s', async (_, make, reason) => {
    const token = await make();
    const { status, data, errors } = await gateway.query('{ caller }', bearer(token));
    expect([status, data, errors[0]?.extensions]).toEqual([401, null, { code: 'UNAUTHENTICATED' }]);
    expect(errors[0]?.message).toContain(reason);
    expect(errors[0]?.message).not.toContain(token.slice(0, 12));
    expect(users.received).toEqual([]);
  });

  describe.each(Object.entries(transports))('over %s', (name, send) => {
    test.each(refusals)('when it %s', async (_, make, reason) => {
      const request = { query: '{ caller }', headers: bearer(await make()) };
      const reply = await send(trusting.url, request).catch((failure: Error) => failure);
      // A WebSocket is closed before it carries an operation.
      const refusal = reply instanceof Error ? reply.cause : { code: codeOf(reply), reason: reply.errors[0]?.message };
      expect(refusal).toMatchObject({
        code: name === 'WS' ? 4403 : 'UNAUTHENTICATED',
        reason: expect.stringContaining(reason),
      });
      expect(users.received).toEqual([]);
    });

    test('ignores a signed caller that the client sends', async () => {
      const { signer } = await testKeys();
      const admin = { kind: 'user', id: '1', sub: 'boss', role: 'ADMIN', scopes: [] } as const;
      const headers = { [callerHeader]: await signer.sign(admin, 'users') };
      const { data } = await send(trusting.url, { query: '{ caller }', headers });
      expect(data).toEqual({ caller: '{"kind":"guest"}' });
    });
  });

  test('unless its lifetime is as long as the setting allows', async () => {
    const lenient = await openGateway([users], { issuer, TOKEN_MAX_SECONDS: '200000' });
    const token = await tokenWith({ exp: past + 172_000 });
    expect((await lenient.query('{ caller }', bearer(token))).status).toBe(200);
    await lenient.close();
  });

  test.each(['Basic YTpi', 'Bearer', 'Bearer ', 'Bearer a b', 'token'])(
    'when the Authorization header is "%s"',
    async (authorization) => {
      const { status, errors } = await gateway.query('{ caller }', { authorization });
      expect([status, errors[0]?.extensions['code']]).toEqual([401, 'UNAUTHENTICATED']);
      expect(errors[0]?.message).toContain('Bearer');
    },
  );

  test('with the challenge of RFC 6750', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer('not-a-token') },
      body: '{"query":"{ caller }"}',
    });
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('when the gateway has no token issuer', async () => {
    const guestsOnly = await openGateway([users]);
    const { status, errors } = await guestsOnly.query('{ caller }', bearer(await issuer.userToken('ada')));
    expect([status, errors[0]?.message]).toEqual([401, expect.stringContaining('no token issuer')]);
    expect((await guestsOnly.query('{ caller }')).data.caller).toBe('{"kind":"guest"}');
    await guestsOnly.close();
  });

  function tokenWith(claims: object, header: object = {}): Promise<string> {
    return issuer.userToken('ada', claims, header);
  }

  function unsecured(): string {
    return new UnsecuredJWT({ client_id: issuer.clientId, token_use: 'access' })
      .setIssuer(issuer.url)
      .setSubject('ada')
      .setExpirationTime('1h')
      .encode()
      .concat('AAAA');
  }

  function confused(): Promise<string> {
    const pem = createPublicKey({ key: issuer.publicKey as never, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    return sign(new TextEncoder().encode(String(pem)), goodClaims(), { alg: 'HS256' });
  }

  async function foreign(alg: string): Promise<string> {
    foreignKeys[alg] ??= generateKeyPair(alg);
    return sign((await foreignKeys[alg]).privateKey, goodClaims(), { alg });
  }

  function goodClaims(): object {
    return { iss: issuer.url, client_id: issuer.clientId, token_use: 'access', sub: 'ada', exp: past + 3600 };
  }

  function changed(token: string): string {
    const [header, payload, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
    return `${header}.${forged}.${signature}`;
  }
});
