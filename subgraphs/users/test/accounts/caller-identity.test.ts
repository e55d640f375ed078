import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { machineCaller } from '@marquee/testkit/callers';
import { freshKeys, testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';
import { importJWK, SignJWT } from 'jose';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('the service', () => {
  test('rejects a request without a signed caller with 401', async () => {
    expect(await statusWith({})).toBe(401);
  });

  test('rejects a caller that was signed for another service with 401', async () => {
    const { signer } = await testKeys();
    expect(await statusWith({ [callerHeader]: await signer.sign({ kind: 'guest' }, 'shows') })).toBe(401);
  });

  test('rejects a caller that was signed with an unknown key with 401', async () => {
    const { signer } = await freshKeys();
    expect(await statusWith({ [callerHeader]: await signer.sign({ kind: 'guest' }, 'users') })).toBe(401);
  });

  test('rejects an expired caller with 401', async () => {
    expect(await statusWith({ [callerHeader]: await signedUntil('1 minute ago') })).toBe(401);
    expect(await statusWith({ [callerHeader]: await signedUntil('1 minute from now') })).toBe(200);
  });

  test('serves health and readiness without a signed caller', async () => {
    expect((await fetch(`${testbed.url}/health`)).status).toBe(200);
    expect((await fetch(`${testbed.url}/ready`)).status).toBe(200);
  });
});

describe('me', () => {
  test('is the signed-in user', async () => {
    const caller = await testbed.person();
    expect((await testbed.request('{ me { id } }', { caller })).data).toEqual({ me: { id: caller.id } });
  });

  test('is null for a guest and for a machine client', async () => {
    expect((await testbed.request('{ me { id } }')).data).toEqual({ me: null });
    expect((await testbed.request('{ me { id } }', { caller: machineCaller('shows.read') })).data).toEqual({
      me: null,
    });
  });
});

async function statusWith(headers: Record<string, string>): Promise<number> {
  return (await post(`${testbed.url}/graphql`, '{ me { id } }', {}, headers)).status;
}

async function signedUntil(end: string): Promise<string> {
  const { privateKey } = await testKeys();
  const key = JSON.parse(privateKey);
  return new SignJWT({ caller: { kind: 'guest' } })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid })
    .setIssuer('marquee-gateway')
    .setAudience('users')
    .setIssuedAt('2 minutes ago')
    .setExpirationTime(end)
    .sign(await importJWK(key, 'EdDSA'));
}
