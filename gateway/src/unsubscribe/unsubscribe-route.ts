import type { ServerResponse } from 'node:http';
import type { Handler } from '@marquee/chassis/http/http-server';
import { guest } from '@marquee/chassis/identity/caller';
import type { RequestScope } from '@marquee/chassis/telemetry/request-scope';
import type { Upstreams } from '../upstream/upstreams.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { allowMethods } from '../pages/allowed-methods.js';
import { contentSecurityPolicies, pageHeaders } from '../pages/page-headers.js';
import { unsubscribeDocument, type UnsubscribeState } from './unsubscribe-document.js';

const mutation = {
  kind: 'mutation',
  operationName: 'Unsubscribe',
  query: 'mutation Unsubscribe($token: String!) { unsubscribeFromEmails(input: { token: $token }) { kinds } }',
} as const;

/** Longer than any token. */
const maxToken = 500;

const statuses: Readonly<Record<UnsubscribeState, number>> = { asking: 200, done: 200, invalid: 400, unavailable: 503 };

/**
 * `/unsubscribe?token=…`, the address of the links in emails. GET shows a page with a button; POST, by the button or by the
 * email program of the recipient (RFC 8058), ends the emails. The token is the only authority: no cookie is used.
 */
export function unsubscribeRoute(upstreams: Pick<Upstreams, 'get'>): Handler {
  return allowMethods(['GET', 'HEAD', 'POST'], async (request, response, scope) => {
    // The body of a form has no further information.
    request.resume();
    const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? '';
    if (token === '' || token.length > maxToken) return send(response, 'invalid');
    return send(response, request.method === 'POST' ? await unsubscribe(upstreams, token, scope) : 'asking');
  });
}

async function unsubscribe(
  upstreams: Pick<Upstreams, 'get'>,
  token: string,
  scope: RequestScope,
): Promise<UnsubscribeState> {
  const users = upstreams.get('users');
  if (!users) return 'unavailable';
  try {
    const { data, errors = [] } = await users.execute({ ...mutation, variables: { token } }, { caller: guest, scope });
    if (data?.['unsubscribeFromEmails']) return 'done';
    return errors.some(({ extensions }) => extensions?.['code'] === 'BAD_USER_INPUT') ? 'invalid' : 'unavailable';
  } catch (failure) {
    if (failure instanceof UpstreamFailure) return 'unavailable';
    throw failure;
  }
}

function send(response: ServerResponse, state: UnsubscribeState): void {
  response
    .writeHead(statuses[state], {
      ...pageHeaders(contentSecurityPolicies.page),
      'content-type': 'text/html; charset=utf-8',
    })
    .end(unsubscribeDocument(state).text);
}
