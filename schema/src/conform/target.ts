import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/caller-signature';
import type { DocumentNode } from 'graphql';

/** The running subgraph that is checked. */
export interface ConformTarget {
  url: string;
  /** Its name in the graph, which is the audience of the signed caller. */
  name: string;
  /** Signs callers as the gateway does; absent without a key. */
  signer?: CallerSigner | undefined;
}

/** A subgraph with its SDL. */
export interface KnownSubgraph extends ConformTarget {
  sdl: string;
  document: DocumentNode;
}

/** A requirement that a subgraph does not meet. The message states the expected and the actual behaviour. */
export class Violation extends Error {}

/** A check that does not apply, with the reason. */
export class Skipped extends Error {}

/** One requirement of `foreign-services.md`. Its run throws a Violation or Skipped. */
export interface ConformCheck {
  title: string;
  run(target: KnownSubgraph): Promise<void>;
}

export interface GraphqlAnswer {
  status: number;
  contentType: string;
  body: { data?: Record<string, unknown> | null; errors?: { message: string; extensions?: Record<string, unknown> }[] };
}

/** Milliseconds that a subgraph has for an answer. */
export const answerTimeoutMs = 10_000;

/** The header with a signed guest, if there is a key. */
export async function signedGuest({ name, signer }: ConformTarget): Promise<Record<string, string>> {
  return signer ? { [callerHeader]: await signer.sign({ kind: 'guest' }, name) } : {};
}

/** Sends an operation with POST. @throws Violation if the answer is not JSON */
export async function send(
  target: ConformTarget,
  query: string,
  { headers, variables }: { headers?: Record<string, string>; variables?: object } = {},
): Promise<GraphqlAnswer> {
  const response = await sendText(target, JSON.stringify({ query, variables }), headers);
  const text = await response.text();
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null)
    throw new Violation(`expected a JSON object, got status ${response.status} with "${text.slice(0, 80)}"`);
  return { status: response.status, contentType: response.headers.get('content-type') ?? '', body };
}

/** Sends a body with POST. @throws Violation without an answer in time */
export async function sendText(
  target: ConformTarget,
  body: string,
  headers?: Record<string, string>,
): Promise<Response> {
  const all = { 'content-type': 'application/json', ...(headers ?? (await signedGuest(target))) };
  const signal = AbortSignal.timeout(answerTimeoutMs);
  return fetch(target.url, { method: 'POST', headers: all, body, signal }).catch((failure: Error) => {
    const { cause } = failure;
    throw new Violation(
      `no answer: ${cause instanceof Error && cause.message !== '' ? cause.message : failure.message}`,
    );
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
