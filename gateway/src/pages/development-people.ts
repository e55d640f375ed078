import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyError, readJson } from '@marquee/chassis/http/body';
import { json } from '@marquee/chassis/http/json';
import type { Handler } from '@marquee/chassis/http/server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { z } from 'zod';
import { allowMethods } from './allowed-methods.js';

/** Somebody whom the issuer of an embedded run gives a token to without a sign-in. */
export type DevelopmentPerson = z.output<typeof person>;

/** The people that a visitor can be; none without such an issuer. */
export type DevelopmentPeople = () => Promise<readonly DevelopmentPerson[]>;

/** Milliseconds that the issuer has for an answer. */
const patience = 2_000;

/** Asks the issuer until it has answered once. */
export function loadDevelopmentPeople(issuer: string | undefined, log: Logger): DevelopmentPeople {
  let known: readonly DevelopmentPerson[] = [];
  return async () => {
    if (issuer === undefined || known.length > 0) return known;
    try {
      known = z.array(person).parse(await fetched(new URL('/people', issuer)));
    } catch (err) {
      log.warn({ err }, 'the issuer of this run does not name its people');
    }
    return known;
  };
}

/** `POST /dev/token` with `{ "user": SUB }`: the token of a person of the embedded run. */
export function developmentTokenRoute(issuer: string, people: DevelopmentPeople): Handler {
  return allowMethods(['POST'], async (request, response) => {
    const asked = question.safeParse(await bodyOf(request)).data;
    const isKnown = asked && (await people()).some(({ sub }) => sub === asked.user);
    if (!isKnown) return json(response, 400, { message: 'Name one of the people of this run.' });
    return answer(response, await fetched(new URL(`/token?user=${encodeURIComponent(asked.user)}`, issuer)));
  });
}

const person = z.object({ sub: z.string(), name: z.string(), role: z.string() });
const question = z.object({ user: z.string() });

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return await readJson(request, 1024);
  } catch (failure) {
    if (failure instanceof BodyError) return undefined;
    throw failure;
  }
}

async function fetched(url: URL): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

function answer(response: ServerResponse, token: unknown): void {
  response.setHeader('cache-control', 'no-store');
  json(response, 200, token);
}
