import { parse } from 'graphql';
import { entityChecks } from './entity-checks.js';
import { httpChecks } from './http-checks.js';
import { liveChecks } from './live-checks.js';
import { type ConformTarget, type KnownSubgraph, send, Skipped, Violation } from './target.js';

/** The outcome of one check. */
export interface ConformResult {
  title: string;
  outcome: 'ok' | 'failed' | 'skipped';
  /** Why it failed or does not apply. */
  reason?: string;
}

/** Checks a running subgraph against `foreign-services.md`. Without its SDL nothing else is checked. */
export async function conform(target: ConformTarget): Promise<ConformResult[]> {
  const title = 'it answers { _service { sdl } } with its SDL';
  const results: ConformResult[] = [];
  let known: KnownSubgraph;
  try {
    const sdl = await sdlOf(target);
    known = { ...target, sdl, document: parse(sdl) };
    results.push({ title, outcome: 'ok' });
  } catch (failure) {
    return [{ title, outcome: 'failed', reason: (failure as Error).message }];
  }
  for (const check of [...httpChecks, ...entityChecks, ...liveChecks])
    results.push(await resultOf(check.title, () => check.run(known)));
  return results;
}

/** One line for each check. */
export function describeResults(results: readonly ConformResult[]): string {
  const words = { ok: 'ok     ', failed: 'FAILED ', skipped: 'skipped' };
  return results
    .map(({ title, outcome, reason }) => `${words[outcome]}  ${title}${reason === undefined ? '' : `: ${reason}`}\n`)
    .join('');
}

async function sdlOf(target: ConformTarget): Promise<string> {
  const { status, body } = await send(target, '{ _service { sdl } }');
  const service = body.data?.['_service'] as { sdl?: unknown } | undefined;
  if (typeof service?.sdl === 'string') return service.sdl;
  const hint = status === 401 && !target.signer ? '; --signing-key signs the request' : '';
  throw new Violation(`got status ${status} with ${JSON.stringify(body).slice(0, 200)}${hint}`);
}

async function resultOf(title: string, run: () => Promise<void>): Promise<ConformResult> {
  try {
    await run();
    return { title, outcome: 'ok' };
  } catch (failure) {
    if (failure instanceof Skipped) return { title, outcome: 'skipped', reason: failure.message };
    // Also an unexpected failure, such as an answer that breaks off: the other checks still run.
    return { title, outcome: 'failed', reason: (failure as Error).message };
  }
}
