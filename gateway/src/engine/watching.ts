import { isMeasuring } from '@marquee/chassis/telemetry/instruments';
import { type Timing, timing } from '@marquee/chassis/telemetry/timings';
import { isTracing, type SpanForm, traced } from '@marquee/chassis/telemetry/tracing';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { RunningOperation } from './graph.js';
import type { Result } from './prepared.js';

/** Runs an operation, and tells how long it took and how it ended. Without anyone to tell it only runs. */
export type Watch = (
  operation: RunningOperation,
  work: (operation: RunningOperation) => Promise<Result>,
) => Promise<Result>;

/** Names of documents that nobody registered which are told apart; clients make up as many as they like. */
const mostNames = 100;

/** Longest name in a trace, in characters. */
const longestName = 100;

/** @param hashOf what a trusted document is known by: only there is a bounded number of these */
export function watchOperations(hashOf: (document: DocumentNode) => string | undefined = () => undefined): Watch {
  const kinds = new WeakMap<OperationDefinitionNode, Kind>();
  const names = new Set<string>();
  return (operation, work) => {
    const definition =
      isMeasuring() || isTracing() ? getOperationAST(operation.document, operation.operationName) : undefined;
    if (!definition) return work(operation);
    const kind = kinds.get(definition) ?? kindOf(definition, hashOf(operation.document), names);
    kinds.set(definition, kind);
    return watched(kind, operation, work);
  };
}

type Outcome = 'ok' | 'partial' | 'failed';

/** What all runs of an operation have in common, made once. */
interface Kind {
  form: SpanForm;
  timings: Record<Outcome, Timing>;
}

function kindOf({ operation, name }: OperationDefinitionNode, hash: string | undefined, names: Set<string>): Kind {
  const label = name ? boundedName(name.value, hash, names) : 'anonymous';
  const type = { 'graphql.operation.type': operation };
  const known = {
    ...type,
    'graphql.operation.name': label,
    ...(hash !== undefined && { 'graphql.document.hash': hash }),
  };
  const timed = (outcome: Outcome) => timing('marquee.operation.duration', { ...known, outcome });
  const told = name ? { ...type, 'graphql.operation.name': name.value.slice(0, longestName) } : type;
  return {
    form: { name: name && label === name.value ? `${operation} ${label}` : operation, attributes: told },
    timings: { ok: timed('ok'), partial: timed('partial'), failed: timed('failed') },
  };
}

/** Who comes first is named; a trusted document always is. */
function boundedName(name: string, hash: string | undefined, names: Set<string>): string {
  if (hash !== undefined || names.has(name)) return name;
  if (names.size >= mostNames || name.length > longestName) return 'other';
  names.add(name);
  return name;
}

async function watched(
  { form, timings }: Kind,
  operation: RunningOperation,
  work: (operation: RunningOperation) => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  let outcome: Outcome = 'failed';
  try {
    const { scope } = operation.context;
    const running = async (span: Span, context: Context): Promise<Result> => {
      const answer = await work({ ...operation, context: { ...operation.context, scope: { ...scope, context } } });
      if (answer.errors) span.setStatus({ code: SpanStatusCode.ERROR });
      return answer;
    };
    const result = await traced(form, running, scope?.context);
    outcome = outcomeOf(result);
    return result;
  } finally {
    timings[outcome].record((performance.now() - started) / 1000);
  }
}

function outcomeOf({ data, errors }: Result): Outcome {
  if (!errors) return 'ok';
  return data ? 'partial' : 'failed';
}
