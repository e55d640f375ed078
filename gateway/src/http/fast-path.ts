import type { IncomingMessage } from 'node:http';
import type { maskErrors } from '@marquee/chassis/errors/mask';
import type { ShortAnswer } from '@marquee/chassis/http/graphql';
import { header } from '@marquee/chassis/http/server';
import { during } from '@marquee/chassis/telemetry/request';
import { type DocumentNode, getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { OperationResult } from '../engine/planner/prepared-operation.js';
import type { Guard } from '../admission/operation-rules.js';

export interface FastPathOptions {
  engine: Engine;
  guard: Guard;
  mask: ReturnType<typeof maskErrors>;
}

/** Answers a plain request; undefined for one that is not, or with which anything is wrong. */
export type FastPath = (
  request: IncomingMessage,
  body: unknown,
  context: OperationContext,
) => Promise<ShortAnswer | undefined>;

/**
 * The road of most requests: JSON by POST that passes the guard goes to the engine without the pipeline of Apollo
 * Server, which costs more than the rest of a small operation. All else takes the long road, refusals above all, so
 * there is one place that words them.
 */
export function fastPath({ engine, guard, mask }: FastPathOptions): FastPath {
  return async (request, body, context) => {
    const asked = isPlain(request) ? askedIn(body) : undefined;
    const graph = engine.graph();
    const document = asked && (await documentOf(graph, guard, asked, context));
    if (!document) return undefined;
    const { operationName, variables } = asked;
    const result = await engine.run(graph, { document, operationName, variables, context });
    return during(context.scope, () => answerOf(result, mask));
  };
}

/** Whom JSON is good enough for. */
const accepted = new Set([undefined, '*/*', 'application/json', 'application/json, */*']);

function isPlain(request: IncomingMessage): boolean {
  const type = header(request, 'content-type') ?? '';
  return request.method === 'POST' && /^application\/json(;|$)/.test(type) && accepted.has(header(request, 'accept'));
}

interface Asked {
  query: string;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

/** The three words that nearly all requests say, and no other. */
function askedIn(body: unknown): Asked | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, ...others } = body;
  if (typeof query !== 'string' || Object.keys(others).length > 0) return undefined;
  if (!isAbsent(operationName) && typeof operationName !== 'string') return undefined;
  if (!isAbsent(variables) && !isRecord(variables)) return undefined;
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** The document, when it has nothing for the guard to refuse. */
async function documentOf(
  graph: Graph,
  guard: Guard,
  { query, operationName, variables }: Asked,
  { caller }: OperationContext,
): Promise<DocumentNode | undefined> {
  const document = await readBy(graph, guard, query);
  const definition = document && getOperationAST(document, operationName);
  if (!definition || definition.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
  const refused = guard.faults(graph, { document, operationName, variables, caller });
  return refused.length > 0 ? undefined : document;
}

async function readBy(graph: Graph, guard: Guard, query: string): Promise<DocumentNode | undefined> {
  try {
    const { document, faults } = await guard.loadDocument(graph, guard.persisted.resolve({ query }));
    return faults.length > 0 ? undefined : document;
  } catch (failure) {
    if (failure instanceof GraphQLError) return undefined;
    throw failure;
  }
}

function answerOf({ data, errors }: OperationResult, mask: FastPathOptions['mask']): ShortAnswer {
  const told = errors?.map((error) => mask(error.toJSON(), error));
  return { status: data === undefined ? 400 : 200, text: JSON.stringify({ errors: told, data }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
