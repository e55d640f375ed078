import { z } from 'zod';
import type { SubgraphSdl } from '../compose.js';
import { describeCheck } from './check-report.js';
import { CommandError } from './command-error.js';
import { previewStore, publishPreview } from './preview.js';
import { publish, PublicationRejected } from './publish.js';
import { publishRemovals } from './removals.js';
import { restore } from './restore.js';
import type { RegistryStore } from './store.js';
import type { Version } from './versions.js';

/** A service that may publish only its own schema. */
export interface Publisher extends Pick<SubgraphSdl, 'name' | 'url'> {
  /** Whether it may publish only to preview graphs. */
  previewsOnly: boolean;
}

const by = z.string().max(200);
const sdl = z.string().max(4_000_000);
const version = z.int().min(1);

const requestShape = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('publish'), sdl, by, note: z.string().max(1_000) }),
  z.strictObject({ command: z.literal('removals'), sdl, by }),
  z.strictObject({ command: z.literal('preview'), sdl, by, graph: z.string() }),
  z.strictObject({ command: z.literal('restore'), by, number: version, expected: version.optional() }),
]);

type PublicationRequest = z.output<typeof requestShape>;

/** The output of the command of the same name, or the reason for which it was refused. */
export type PublicationResult = { output: string } | { error: string };

/**
 * Changes the schema of one service for a caller who must not change those of others. The caller chooses neither the name
 * of the service nor its URL.
 * @throws the error of the store
 */
export async function handlePublication(
  store: RegistryStore,
  publisher: Publisher,
  request: unknown,
): Promise<PublicationResult> {
  const read = requestShape.safeParse(request);
  if (!read.success) return { error: `The request is invalid:\n${z.prettifyError(read.error)}` };
  if (publisher.previewsOnly !== (read.data.command === 'preview'))
    return { error: `"${read.data.command}" is not allowed to this caller.` };
  try {
    const changed = await perform(store, publisher, read.data);
    return { output: changed ? `Version ${changed.number} is live.` : 'Nothing is removed.' };
  } catch (failure) {
    if (failure instanceof PublicationRejected) return { error: describeCheck(failure.check, 'text') };
    if (failure instanceof CommandError) return { error: failure.message };
    throw failure;
  }
}

function perform(
  store: RegistryStore,
  { name, url }: Publisher,
  request: PublicationRequest,
): Promise<Version | undefined> {
  switch (request.command) {
    case 'publish':
      return publish(store, [{ name, url, sdl: request.sdl }], request.by, { note: request.note });
    case 'removals':
      return publishRemovals(store, [{ name, url, sdl: request.sdl }], request.by);
    case 'preview':
      return publishPreview(store, previewStore(store, request.graph), [{ name, url, sdl: request.sdl }], request.by);
    case 'restore':
      return restore(store, { name, number: request.number, expected: request.expected, by: request.by });
  }
}
