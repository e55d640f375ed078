import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { z } from 'zod';
import { sendToken, rejectMethod } from './client-credentials.js';
import type { TokenIssuer } from './tokens.js';
import type { RemovedUsers } from './user-administration.js';

/**
 * `GET /token?user=SUB&ttl=SECONDS`: issues a person's access token without a sign-in. An unknown sub becomes a new person.
 * `Accept: text/plain` returns the bare token, for use in a shell.
 */
export function personToken(tokens: TokenIssuer, removed: RemovedUsers): Handler {
  return async (request, response) => {
    if (request.method !== 'GET') return rejectMethod(response, 'GET');
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const parameters = query.safeParse(Object.fromEntries(searchParams));
    if (!parameters.success)
      return sendJson(response, 400, {
        error: 'invalid_request',
        error_description: parameters.error.issues.map(describe).join(' '),
      });
    if (removed.has(parameters.data.user))
      return sendJson(response, 400, { error: 'invalid_request', error_description: 'The user was removed.' });
    const token = await tokens.issueForPerson(parameters.data.user, parameters.data.ttl);
    if (request.headers.accept !== 'text/plain') return sendToken(response, token);
    response
      .writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      .end(`${token.access_token}\n`);
  };
}

const query = z.object({
  user: z
    .string({ error: 'is missing' })
    .regex(/^[\w.:@+-]{1,128}$/, 'must be 1 to 128 letters, digits or . _ : @ + -'),
  ttl: z.coerce
    .number({ error: 'must be a number of seconds' })
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(86_400, 'must be at most 86400 (one day)')
    .default(3600),
});

function describe({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}.`;
}
