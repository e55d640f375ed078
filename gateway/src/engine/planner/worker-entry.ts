import { parentPort } from 'node:worker_threads';
import { parse, printSchema } from 'graphql';
import { lowerThreadPriority } from '../loop-throttle.js';
import { type LoadedSupergraph, loadSupergraph } from './load-supergraph.js';
import type {
  PlannerRequest,
  PlannerResult,
  RequestMessage,
  ResponseMessage,
  SupergraphInfo,
} from './planner-messages.js';
import { sliceSdl } from './schema-slices.js';
import { validateText } from './validate-document.js';

/** The supergraph of this planner thread. Both loading and planning are long synchronous work. */
let loaded: Loaded | undefined;

lowerThreadPriority();

parentPort?.on('message', (message: RequestMessage) => parentPort?.postMessage(respond(message)));

function respond({ id, ...request }: RequestMessage): ResponseMessage {
  try {
    return { id, value: handle(request) };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

function handle(request: PlannerRequest): PlannerResult {
  if ('sdl' in request) return load(request.sdl);
  if (!loaded) throw new Error('The planner thread has no supergraph.');
  if ('document' in request) return validateText(request.document, loaded.schema);
  return loaded.plan(parse(request.text, { noLocation: true }), request.operationName, request.labels);
}

function load(sdl: string): SupergraphInfo {
  loaded = undefined;
  const { supergraph, schema, plannerFields, plan } = loadSupergraph(sdl);
  loaded = { schema, plan };
  return {
    apiSlices: sliceSdl(printSchema(schema)),
    supergraphSlices: sliceSdl(sdl),
    plannerFields,
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
  };
}

type Loaded = Pick<LoadedSupergraph, 'schema' | 'plan'>;
