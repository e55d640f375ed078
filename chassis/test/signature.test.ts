/** @alone: fake timers are those of the context. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { generateKeyPair, type JSONWebKeySet, type JWK, SignJWT } from 'jose';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createCallerSigner, createCallerVerifier } from '@marquee/chassis/identity/caller-signature';
import { freshKeys, type TestKeys } from '@marquee/testkit/test-keys';

const user: Caller = { kind: 'user', id: 'u1', sub: 's1', role: 'FREELANCER', scopes: [] };

let keys: TestKeys;
beforeEach(async () => {
  keys = await freshKeys('first');
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a signed caller', () => {
  test('is read back by the subgraph that it was signed for', async () => {
    expect(await verifier().verify(await keys.signer.sign(user, 'users'))).toEqual(user);
  });

  test('is refused by another subgraph', async () => {
    await expect(verifier().verify(await keys.signer.sign(user, 'shows'))).rejects.toThrow(/"aud"/);
  });

  test('is refused when it was signed with another key of the same name', async () => {
    const stranger = await freshKeys('first');
    await expect(verifier().verify(await stranger.signer.sign(user, 'users'))).rejects.toThrow(/signature/);
  });

  test('is refused when one character changed', async () => {
    const [head, payload, signature] = (await keys.signer.sign(user, 'users')).split('.');
    const admin = Buffer.from(payload ?? '', 'base64url')
      .toString()
      .replace('FREELANCER', 'ADMIN');
    const forged = [head, Buffer.from(admin).toString('base64url'), signature].join('.');
    await expect(verifier().verify(forged)).rejects.toThrow(/signature/);
  });

  test('is refused when it is missing or no token at all', async () => {
    await expect(verifier().verify(undefined)).rejects.toThrow(/missing/);
    await expect(verifier().verify('{"kind":"user"}')).rejects.toThrow();
  });

  test('counts for a minute, also where it was verified before', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const reader = verifier();
    const value = await keys.signer.sign(user, 'users');
    jest.setSystemTime(Date.now() + 59_000);
    expect(await reader.verify(value)).toEqual(user);
    jest.setSystemTime(Date.now() + 2_000);
    await expect(reader.verify(value)).rejects.toThrow(/"exp"/);
  });

  test('is made once for a caller and a subgraph while it lasts', async () => {
    const [first, again, elsewhere] = await Promise.all([
      keys.signer.sign(user, 'users'),
      keys.signer.sign(user, 'users'),
      keys.signer.sign(user, 'shows'),
    ]);
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
  });

  test('is refused when it holds a caller of no known kind', async () => {
    const root = { kind: 'root' } as unknown as Caller;
    await expect(verifier().verify(await keys.signer.sign(root, 'users'))).rejects.toThrow(/kind/);
  });

  test('is refused when it is signed by another algorithm with the public key as its secret', async () => {
    const secret = new TextEncoder().encode(keys.publicKeys);
    const forged = await new SignJWT({ caller: user })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .setIssuer('marquee-gateway')
      .setAudience('users')
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(secret);
    await expect(verifier().verify(forged)).rejects.toThrow(/alg/);
  });
});

test('during a rotation both keys count', async () => {
  const next = await freshKeys('second');
  const both = { keys: [...publicKeys(keys).keys, ...publicKeys(next).keys] };
  const reader = createCallerVerifier(both, 'users');
  expect(await reader.verify(await keys.signer.sign(user, 'users'))).toEqual(user);
  expect(await reader.verify(await next.signer.sign(user, 'users'))).toEqual(user);
});

test('a key without a kid or of another kind signs nothing', async () => {
  const { kid, ...nameless } = JSON.parse(keys.privateKey) as JWK;
  await expect(createCallerSigner(nameless)).rejects.toThrow(/kid/);
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  await expect(createCallerSigner({ kid: kid ?? '', kty: publicKey.type })).rejects.toThrow(/Ed25519/);
});

function verifier() {
  return createCallerVerifier(publicKeys(keys), 'users');
}

function publicKeys(of: TestKeys): JSONWebKeySet {
  return JSON.parse(of.publicKeys) as JSONWebKeySet;
}
