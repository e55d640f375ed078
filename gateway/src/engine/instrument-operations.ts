import { isMetricsEnabled } from '@marquee/chassis/telemetry/instruments';
import { type Histogram, histogram } from '@marquee/chassis/telemetry/histograms';
import { isTracingEnabled, type SpanTemplate, withSpan } from '@marquee/chassis/telemetry/tracing';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { OperationRequest } from './operation-context.js';
import type { OperationResult } from './planner/prepared-operation.js';
import { exportedTraceId, type TracedOperation } from './slow-operations.js';
import type { StartedOperation } from './planner/started-operation.js';

/** Executes an operation and records its duration, outcome and span if metrics or traces are enabled. */
export type RunInstrumented = (
  operation: OperationRequest,
  execute: (operation: OperationRequest) => Promise<OperationResult>,
) => Promise<OperationResult>;

/** Maximum of distinct operation names in metrics. Trusted documents are not counted; clients can invent names. */
const maxNames = 100;

/** Maximum length of an operation name in a trace, in characters. */
const maxNameLength = 100;

/**
 * @param hashOf the hash of a trusted document; only trusted documents are few enough to be labelled by hash
 * @param onTraced receives the operations of sampled traces when they have ended
 */
export function instrumentOperations(
  hashOf: (document: DocumentNode) => string | undefined = () => undefined,
  onTraced?: (traced: TracedOperation) => void,
): RunInstrumented {
  const cache = new WeakMap<OperationDefinitionNode, OperationMetrics>();
  const names = new Set<string>();
  return (operation, execute) => {
    const definition =
      isMetricsEnabled() || isTracingEnabled()
        ? getOperationAST(operation.document, operation.operationName)
        : undefined;
    if (!definition) return execute(operation);
    // Without `getOrCreate`, which would need a new closure for every operation.
    let metrics = cache.get(definition);
    if (!metrics) {
      metrics = createMetrics(definition, hashOf(operation.document), names);
      cache.set(definition, metrics);
    }
    return runMeasured(metrics, operation, execute, onTraced);
  };
}

/** Starts an operation; its duration includes all later parts. */
export function startInstrumented(
  instrument: RunInstrumented,
  operation: OperationRequest,
  start: (operation: OperationRequest) => Promise<StartedOperation>,
): Promise<StartedOperation> {
  return new Promise((resolve, reject) => {
    instrument(operation, async (instrumented) => {
      const started = await start(instrumented);
      resolve(started);
      const { result, later } = started;
      return (await later?.ended) ? { ...result, errors: result.errors ?? [] } : result;
    }).catch(reject);
  });
}

type Outcome = 'ok' | 'partial' | 'failed';

/** The instruments of one operation. */
interface OperationMetrics {
  form: SpanTemplate;
  timings: Record<Outcome, Histogram>;
}

function createMetrics(
  { operation, name }: OperationDefinitionNode,
  hash: string | undefined,
  names: Set<string>,
): OperationMetrics {
  const label = name ? boundedName(name.value, hash, names) : 'anonymous';
  const type = { 'graphql.operation.type': operation };
  const labels = {
    ...type,
    'graphql.operation.name': label,
    ...(hash !== undefined && { 'marquee.document.hash': hash }),
  };
  const timed = (outcome: Outcome) => histogram('marquee.operation.duration', { ...labels, outcome });
  const attributes = name ? { ...type, 'graphql.operation.name': name.value.slice(0, maxNameLength) } : type;
  return {
    form: { name: name && label === name.value ? `${operation} ${label}` : operation, attributes },
    timings: { ok: timed('ok'), partial: timed('partial'), failed: timed('failed') },
  };
}

/** The first names are used as labels, later ones become `other`. Names of trusted documents are always used. */
function boundedName(name: string, hash: string | undefined, names: Set<string>): string {
  if (hash !== undefined || names.has(name)) return name;
  if (names.size >= maxNames || name.length > maxNameLength) return 'other';
  names.add(name);
  return name;
}

async function runMeasured(
  { form, timings }: OperationMetrics,
  operation: OperationRequest,
  execute: (operation: OperationRequest) => Promise<OperationResult>,
  onTraced?: (traced: TracedOperation) => void,
): Promise<OperationResult> {
  const startedAt = performance.now();
  let outcome: Outcome = 'failed';
  let traceId: string | undefined;
  try {
    const { scope } = operation.context;
    const runInSpan = async (span: Span, context: Context): Promise<OperationResult> => {
      traceId = exportedTraceId(span);
      const result = await execute({ ...operation, context: { ...operation.context, scope: { ...scope, context } } });
      if (result.errors) span.setStatus({ code: SpanStatusCode.ERROR });
      return result;
    };
    const result = await withSpan(form, runInSpan, scope?.context);
    outcome = outcomeOf(result);
    return result;
  } finally {
    const milliseconds = performance.now() - startedAt;
    timings[outcome].record(milliseconds / 1000);
    if (traceId !== undefined) onTraced?.({ operation: form.name, outcome, milliseconds, traceId });
  }
}

function outcomeOf({ data, errors }: OperationResult): Outcome {
  if (!errors) return 'ok';
  return data ? 'partial' : 'failed';
}
