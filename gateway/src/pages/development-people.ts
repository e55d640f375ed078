import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyError, readJsonBody } from '@marquee/chassis/http/json-body';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { Handler } from '@marquee/chassis/http/http-server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { z } from 'zod';
import { allowMethods } from './allowed-methods.js';

/** A sample user of the embedded run. Its issuer creates tokens for sample users without a sign-in. */
export type DevelopmentPerson = z.output<typeof person>;

/** Reads the sample users that a visitor can choose from; none without such an issuer. */
export type DevelopmentPeople = () => Promise<readonly DevelopmentPerson[]>;

/** Timeout of requests to the issuer, in milliseconds. */
const issuerTimeoutMs = 2_000;

/** Requests the users from the issuer until it has responded once. */
export function loadDevelopmentPeople(issuer: string | undefined, log: Logger): DevelopmentPeople {
  let loaded: readonly DevelopmentPerson[] = [];
  return async () => {
    if (issuer === undefined || loaded.length > 0) return loaded;
    try {
      loaded = z.array(person).parse(await fetchJson(new URL('/people', issuer)));
    } catch (err) {
      log.warn({ err }, 'could not load the sample users from the token issuer');
    }
    return loaded;
  };
}

/** `POST /dev/token` with `{ "user": SUB }`: an access token for a sample user of the embedded run. */
export function developmentTokenRoute(issuer: string, people: DevelopmentPeople): Handler {
  return allowMethods(['POST'], async (request, response) => {
    const body = tokenRequest.safeParse(await bodyOf(request)).data;
    const isKnown = body && (await people()).some(({ sub }) => sub === body.user);
    if (!isKnown) return sendJson(response, 400, { message: 'Expected {"user": SUB} with the sub of a sample user.' });
    return sendToken(response, await fetchJson(new URL(`/token?user=${encodeURIComponent(body.user)}`, issuer)));
  });
}

const person = z.object({ sub: z.string(), name: z.string(), role: z.string() });
const tokenRequest = z.object({ user: z.string() });

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await readJsonBody(request, 1024);
  } catch (failure) {
    if (failure instanceof BodyError) return undefined;
    throw failure;
  }
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(issuerTimeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

function sendToken(response: ServerResponse, token: unknown): void {
  response.setHeader('cache-control', 'no-store');
  sendJson(response, 200, token);
}
