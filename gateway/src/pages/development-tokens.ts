import type { IncomingMessage } from 'node:http';
import { BodyError, readJsonBody } from '@marquee/chassis/http/json-body';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { Handler } from '@marquee/chassis/http/http-server';
import { z } from 'zod';
import { allowMethods } from './allowed-methods.js';
import type { DevelopmentIssuer } from './development-issuer.js';

/**
 * `POST /dev/token` with `{ "user": SUB }` or `{ "client": ID }`: an access token for a sample user or a partner of the
 * embedded run.
 */
export function developmentTokenRoute(issuer: DevelopmentIssuer): Handler {
  return allowMethods(['POST'], async (request, response) => {
    const body = tokenRequest.safeParse(await bodyOf(request)).data;
    const token = body && (await createToken(issuer, body));
    response.setHeader('cache-control', 'no-store');
    if (token !== undefined) return sendJson(response, 200, token);
    const message = 'Expected {"user": SUB} of a sample user, or {"client": ID} of a partner.';
    sendJson(response, 400, { message });
  });
}

const tokenRequest = z.union([z.object({ user: z.string() }), z.object({ client: z.string() })]);

/** Undefined for a user or client that the issuer does not list. */
async function createToken(issuer: DevelopmentIssuer, request: z.output<typeof tokenRequest>): Promise<unknown> {
  if ('user' in request) {
    const isKnown = (await issuer.people()).some(({ sub }) => sub === request.user);
    return isKnown ? issuer.tokenOfPerson(request.user) : undefined;
  }
  const client = (await issuer.partners()).find(({ id }) => id === request.client);
  return client && issuer.tokenOfClient(client);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await readJsonBody(request, 1024);
  } catch (failure) {
    if (failure instanceof BodyError) return undefined;
    throw failure;
  }
}
