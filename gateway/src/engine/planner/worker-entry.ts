import { parentPort } from 'node:worker_threads';
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type GraphQLSchema, parse, printSchema } from 'graphql';
import { lowerThreadPriority } from '../loop-throttle.js';
import { findPlannerFields } from './alias-rewriter.js';
import type {
  PlannerRequest,
  PlannerResult,
  PlanRequest,
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
  return 'document' in request ? validateText(request.document, loaded.schema) : plan(request, loaded);
}

function load(sdl: string): SupergraphInfo {
  loaded = undefined;
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const api = supergraph.apiSchema();
  loaded = { api, schema: api.toGraphQLJSSchema(), planner: new QueryPlanner(supergraph) };
  return {
    apiSlices: sliceSdl(printSchema(loaded.schema)),
    supergraphSlices: sliceSdl(sdl),
    plannerFields: findPlannerFields(parse(sdl, { noLocation: true })),
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
  };
}

function plan({ text, operationName }: PlanRequest, { api, planner }: Loaded): QueryPlan {
  const document = parse(text, { noLocation: true });
  const named = operationName === undefined ? {} : { operationName };
  return planner.buildQueryPlan(operationFromDocument(api, document, named));
}

interface Loaded {
  api: Schema;
  /** The API schema as graphql-js represents it. */
  schema: GraphQLSchema;
  planner: QueryPlanner;
}
