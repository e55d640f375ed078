import type { Handler } from '@marquee/chassis/http/server';
import { json } from '@marquee/chassis/http/json';
import { z } from 'zod';
import { sendToken, rejectMethod } from './client-credentials.js';
import type { TokenIssuer } from './tokens.js';

/**
 * `GET /token?user=SUB&ttl=SECONDS`: a person's access token without a sign-in. A sub that nobody has seen is a new person.
 * The bare token is the answer to `Accept: text/plain`, which is handy in a shell.
 */
export function personToken(tokens: TokenIssuer): Handler {
  return async (request, response) => {
    if (request.method !== 'GET') return rejectMethod(response, 'GET');
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const asked = query.safeParse(Object.fromEntries(searchParams));
    if (!asked.success)
      return json(response, 400, {
        error: 'invalid_request',
        error_description: asked.error.issues.map(describe).join(' '),
      });
    const token = await tokens.issueForPerson(asked.data.user, asked.data.ttl);
    if (request.headers.accept !== 'text/plain') return sendToken(response, token);
    response
      .writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      .end(`${token.access_token}\n`);
  };
}

const query = z.object({
  user: z.string({ error: 'is missing' }).regex(/^[\w.:@+-]{1,128}$/, 'has 1 to 128 letters, digits or . _ : @ + -'),
  ttl: z.coerce
    .number({ error: 'is a number of seconds' })
    .int('is whole')
    .min(1, 'is 1 or more')
    .max(86_400, 'is a day at the most')
    .default(3600),
});

function describe({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}.`;
}
