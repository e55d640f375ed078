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
  test('is verified by the subgraph that it was signed for', async () => {
    expect(await verifier().verify(await keys.signer.sign(user, 'users'))).toEqual(user);
  });

  test('is rejected by another subgraph', async () => {
    await expect(verifier().verify(await keys.signer.sign(user, 'shows'))).rejects.toThrow(/"aud"/);
  });

  test('is rejected if it was signed by another key with the same kid', async () => {
    const stranger = await freshKeys('first');
    await expect(verifier().verify(await stranger.signer.sign(user, 'users'))).rejects.toThrow(/signature/);
  });

  test('is rejected if a character changed', async () => {
    const [head, payload, signature] = (await keys.signer.sign(user, 'users')).split('.');
    const admin = Buffer.from(payload ?? '', 'base64url')
      .toString()
      .replace('FREELANCER', 'ADMIN');
    const forged = [head, Buffer.from(admin).toString('base64url'), signature].join('.');
    await expect(verifier().verify(forged)).rejects.toThrow(/signature/);
  });

  test('is rejected if it is missing or not a JWS', async () => {
    await expect(verifier().verify(undefined)).rejects.toThrow(/missing/);
    await expect(verifier().verify('{"kind":"user"}')).rejects.toThrow();
  });

  test('expires after a minute, even if it was verified before', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const reader = verifier();
    const value = await keys.signer.sign(user, 'users');
    jest.setSystemTime(Date.now() + 59_000);
    expect(await reader.verify(value)).toEqual(user);
    jest.setSystemTime(Date.now() + 2_000);
    await expect(reader.verify(value)).rejects.toThrow(/"exp"/);
  });

  test('is created once per caller and subgraph, and reused', async () => {
    const [first, again, elsewhere] = await Promise.all([
      keys.signer.sign(user, 'users'),
      keys.signer.sign(user, 'users'),
      keys.signer.sign(user, 'shows'),
    ]);
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
  });

  test('is rejected if it contains a caller with an unknown role', async () => {
    const root = { ...user, role: 'ROOT' } as unknown as Caller;
    await expect(verifier().verify(await keys.signer.sign(root, 'users'))).rejects.toThrow(/role/);
  });

  test('is rejected if it was signed with HMAC and the public key as the secret', async () => {
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

test('accepts both keys during a rotation', async () => {
  const next = await freshKeys('second');
  const both = { keys: [...publicKeys(keys).keys, ...publicKeys(next).keys] };
  const reader = createCallerVerifier(both, 'users');
  expect(await reader.verify(await keys.signer.sign(user, 'users'))).toEqual(user);
  expect(await reader.verify(await next.signer.sign(user, 'users'))).toEqual(user);
});

test('rejects a signing key without a kid or of another type', async () => {
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
