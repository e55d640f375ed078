import { parentPort } from 'node:worker_threads';
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type GraphQLSchema, parse, printSchema } from 'graphql';
import { addedFields } from '../naming.js';
import { faultsIn } from './faults.js';
import type { Answer, Described, Numbered, PlanQuestion, Question, Value } from './messages.js';
import { goAfterOthers } from './priority.js';
import { slicesOf } from './schema.js';

/** A thread that plans over one supergraph at a time. Both to take one in and to plan are long work without a pause. */
let loaded: Loaded | undefined;

goAfterOthers();

parentPort?.on('message', (question: Numbered) => parentPort?.postMessage(answerTo(question)));

function answerTo({ id, ...question }: Numbered): Answer {
  try {
    return { id, value: valueOf(question) };
  } catch (failure) {
    return { id, problem: (failure as Error).message };
  }
}

function valueOf(question: Question): Value {
  if ('sdl' in question) return load(question.sdl);
  if (!loaded) throw new Error('The thread has no supergraph.');
  return 'document' in question ? faultsIn(question.document, loaded.schema) : plan(question, loaded);
}

function load(sdl: string): Described {
  loaded = undefined;
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const api = supergraph.apiSchema();
  loaded = { api, schema: api.toGraphQLJSSchema(), planner: new QueryPlanner(supergraph) };
  return {
    api: slicesOf(printSchema(loaded.schema)),
    supergraph: slicesOf(sdl),
    added: addedFields(parse(sdl, { noLocation: true })),
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
  };
}

function plan({ text, operationName }: PlanQuestion, { api, planner }: Loaded): QueryPlan {
  const document = parse(text, { noLocation: true });
  const named = operationName === undefined ? {} : { operationName };
  return planner.buildQueryPlan(operationFromDocument(api, document, named));
}

interface Loaded {
  api: Schema;
  /** The same, as graphql has it. */
  schema: GraphQLSchema;
  planner: QueryPlanner;
}
