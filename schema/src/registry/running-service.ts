import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { z } from 'zod';
import { CommandError } from './command-error.js';
import { missingElements } from './sdl-elements.js';
import { readSigner } from './signing-key.js';
import type { SubgraphSdl } from '../compose.js';

/** How a running service is asked. */
export interface AskOptions {
  /** Its URL, if it differs from the one to which gateways send requests. */
  ask?: string | undefined;
  /** A file with the private key that signs callers, for a service that accepts only signed ones. */
  'signing-key'?: string | undefined;
}

const timeoutMs = 10_000;

/**
 * Checks that a running service serves everything in an SDL.
 * @throws CommandError naming the elements that it does not serve, or why it could not be asked
 */
export async function checkServed({ name, url, sdl }: SubgraphSdl, options: AskOptions): Promise<void> {
  const address = options.ask ?? url;
  const missing = missingElements(sdl, await servedSdl(name, address, options));
  if (missing.length === 0) return;
  const list = missing.map((element) => `  ${element}\n`).join('');
  throw new CommandError(
    `The service "${name}" at ${address} does not serve this schema yet:\n${list}Deploy the service first, and publish its schema once all its replicas have been replaced.`,
  );
}

/**
 * Asks a subgraph for its SDL (`_service`, Apollo Federation subgraph specification).
 * @throws CommandError if it does not answer with one
 */
export async function servedSdl(name: string, url: string, options: AskOptions): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(await credentials(name, options)) };
  const body = JSON.stringify({ query: '{ _service { sdl } }' });
  const refused = (reason: string) => new CommandError(`The service "${name}" at ${url} cannot be asked: ${reason}.`);
  if (!URL.canParse(url)) throw refused('this is not a URL');
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) }).catch(
    (failure: Error) => {
      throw refused(reasonOf(failure));
    },
  );
  const text = await response.text();
  if (response.status === 401) throw refused('it answered 401; --signing-key signs the request');
  const answer = answerShape.safeParse(parseJson(text));
  if (answer.success) return answer.data.data._service.sdl;
  throw refused(`it answered ${response.status} without an SDL`);
}

const answerShape = z.object({ data: z.object({ _service: z.object({ sdl: z.string() }) }) });

async function credentials(name: string, { 'signing-key': file }: AskOptions): Promise<Record<string, string>> {
  if (file === undefined) return {};
  const signer = await readSigner(file);
  return { [callerHeader]: await signer.sign({ kind: 'gateway' }, name) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's error is the cause of the error of `fetch`. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
