import { arch, platform, release as osRelease } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CpuProfile } from './cpu-profiler.js';

/** The transaction during which a profile was recorded. */
export interface ProfiledTransaction {
  name: string;
  /** Sentry's id of the event. */
  id: string;
  traceId: string;
  /** The start of the profile, in milliseconds since 1970. */
  startedAt: number;
  release: string;
  environment: string;
}

/** The only thread that is profiled. */
const thread = '0';

/** Converts a profile into Sentry's sample format, version 1. */
export function toSentryProfile(profile: CpuProfile, transaction: ProfiledTransaction, id: string): object {
  const { release, environment, name, traceId, startedAt } = transaction;
  return {
    event_id: id,
    version: '1',
    platform: 'node',
    release,
    environment,
    timestamp: new Date(startedAt).toISOString(),
    os: { name: platform(), version: osRelease() },
    runtime: { name: 'node', version: process.versions.node },
    device: { architecture: arch(), is_emulator: false, locale: '', manufacturer: '', model: '' },
    transaction: { name, id: transaction.id, trace_id: traceId, active_thread_id: thread },
    profile: { ...samplesOf(profile), thread_metadata: { [thread]: { name: 'main' } } },
    debug_meta: { images: [] },
  };
}

/** A sample refers to a stack, and a stack to its frames from the innermost function outwards. */
function samplesOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile) {
  const frames = nodes.map(({ callFrame: { functionName, url, lineNumber, columnNumber } }) => ({
    function: functionName || '<anonymous>',
    ...(url !== '' && { abs_path: pathOf(url), lineno: lineNumber + 1, colno: columnNumber + 1 }),
    in_app: url.startsWith('file:') && !url.includes('/node_modules/'),
  }));
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const stacks = nodes.map(({ id }) => stackOf(id, indexes, parents));
  let elapsed = 0;
  const taken = samples.flatMap((node, sample) => {
    elapsed += timeDeltas[sample] ?? 0;
    const index = indexes.get(node) ?? 0;
    if (idle.has(frames[index]?.function ?? '')) return [];
    return [{ stack_id: index, thread_id: thread, elapsed_since_start_ns: String(elapsed * 1_000) }];
  });
  return { frames, stacks, samples: taken };
}

/** Nodes of V8 for times without JavaScript. */
const idle = new Set(['(root)', '(idle)', '(program)']);

function stackOf(node: number, indexes: ReadonlyMap<number, number>, parents: ReadonlyMap<number, number>): number[] {
  const stack: number[] = [];
  // The outermost node, without a parent, is V8's root.
  for (let id = node; parents.has(id); id = parents.get(id) as number) stack.push(indexes.get(id) as number);
  return stack;
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
