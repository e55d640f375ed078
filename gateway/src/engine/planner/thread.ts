import { parentPort } from 'node:worker_threads';
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { parse, printSchema } from 'graphql';
import type { Answer, Described, Numbered, Question } from './messages.js';
import { slicesOf } from './schema.js';

/** A thread that plans over one supergraph at a time. Both to take one in and to plan are long work without a pause. */
let loaded: { api: Schema; planner: QueryPlanner } | undefined;

parentPort?.on('message', (question: Numbered) => parentPort?.postMessage(answerTo(question)));

function answerTo({ id, ...question }: Numbered): Answer {
  try {
    return { id, value: 'sdl' in question ? load(question.sdl) : plan(question) };
  } catch (failure) {
    return { id, problem: (failure as Error).message };
  }
}

function load(sdl: string): Described {
  loaded = undefined;
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const api = supergraph.apiSchema();
  loaded = { api, planner: new QueryPlanner(supergraph) };
  return {
    api: slicesOf(printSchema(api.toGraphQLJSSchema())),
    supergraph: slicesOf(sdl),
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
  };
}

function plan({ text, operationName }: Exclude<Question, { sdl: string }>): QueryPlan {
  if (!loaded) throw new Error('The thread has no supergraph.');
  const document = parse(text, { noLocation: true });
  const named = operationName === undefined ? {} : { operationName };
  return loaded.planner.buildQueryPlan(operationFromDocument(loaded.api, document, named));
}
