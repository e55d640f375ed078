import { json } from 'node:stream/consumers';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { z } from 'zod';
import { rejectMethod } from './client-credentials.js';

/** The subjects of users who were disabled or removed. No tokens are issued for them until the issuer restarts. */
export type RemovedUsers = Set<string>;

/** Largest accepted request, in bytes. */
const maxBytes = 4 * 1024;

/**
 * `POST /` with the part of the administration API of Cognito that removes users: `AdminDisableUser` and `AdminDeleteUser`.
 * Every user exists until it is removed. Signatures are not verified.
 */
export function userAdministration(removed: RemovedUsers): Handler {
  const deleted = new Set<string>();
  return async (request, response) => {
    if (request.method !== 'POST') return rejectMethod(response, 'POST');
    if (Number(request.headers['content-length'] ?? Infinity) > maxBytes) return sendJson(response, 413, {});
    const call = callSchema.safeParse({
      target: request.headers['x-amz-target'],
      body: await json(request).catch(() => null),
    });
    if (!call.success) return sendJson(response, 400, { __type: 'InvalidParameterException' });
    const { target, body } = call.data;
    if (deleted.has(body.Username)) return sendJson(response, 400, { __type: 'UserNotFoundException' });
    removed.add(body.Username);
    if (target.endsWith('.AdminDeleteUser')) deleted.add(body.Username);
    sendJson(response, 200, {});
  };
}

const callSchema = z.object({
  target: z.string().regex(/^AWSCognitoIdentityProviderService\.Admin(Disable|Delete)User$/),
  body: z.object({ Username: z.string().min(1).max(128) }),
});
