import type { StoreFailure } from './failure-table.js';
import { servicesOf } from './failure-table.js';
import type { ProbeResult } from './probe-load.js';

/** When a failure began and ended, from `performance.now`, and the load from before until after it. */
export interface FailureRecord {
  failure: StoreFailure;
  begun: number;
  ended: number;
  results: readonly ProbeResult[];
}

/** How often each text of a service is in its store. */
export type StoredTexts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** One row of the table. */
export interface FailureVerdict {
  failure: StoreFailure;
  /** Milliseconds, of reads of services that do not use the store, before and during the failure. */
  p95: { before: number; during: number };
  /** Milliseconds after the end of the failure in which the last request failed. 0 if none did. */
  healthyAfterMs: number;
  writes: { acknowledged: number; unconfirmed: number; lost: number; doubled: number };
  internal: number;
  /** A sentence for each broken promise. */
  problems: readonly string[];
}

/** The limits of the growth of the p95, and of the time until a service is healthy. */
const limits = { growth: 1.2, healthyAfterMs: 5_000 };

/** The codes with which a service may answer while its store fails. */
const expectedCodes = ['UPSTREAM_UNAVAILABLE'];

/** Judges the effect of a failure. @param slackMs by how much the p95 and the time of recovery may exceed their limits */
export function judgeFailure(record: FailureRecord, stored: StoredTexts, slackMs: number): FailureVerdict {
  const { failure, results } = record;
  const codes = results.flatMap((result) => result.codes);
  const verdict = {
    failure,
    p95: p95Of(record),
    healthyAfterMs: healthyAfterMs(record),
    writes: writesOf(results, stored),
    internal: codes.filter((code) => code === 'INTERNAL').length,
  };
  return { ...verdict, problems: problemsOf(verdict, record, slackMs) };
}

function problemsOf(
  verdict: Omit<FailureVerdict, 'problems'>,
  { results, begun }: FailureRecord,
  slackMs: number,
): string[] {
  const { failure, p95, writes } = verdict;
  const name = `${failure.store} ${failure.name}`;
  const isUnexpected = ({ at, service, codes }: ProbeResult) =>
    codes.length > 0 && (at < begun - 1_000 || !isAffected(failure, service) || !codes.every(isExpected));
  const unexpected = results.filter(isUnexpected).map(describe);
  return [
    ...new Set(unexpected.map((text) => `${name}: ${text}`)),
    ...(p95.during > limits.growth * p95.before + slackMs
      ? [`${name}: p95 of other services grew from ${Math.round(p95.before)} to ${Math.round(p95.during)} ms`]
      : []),
    ...(verdict.healthyAfterMs > limits.healthyAfterMs + slackMs
      ? [`${name}: requests still failed after ${Math.round(verdict.healthyAfterMs)} ms`]
      : []),
    ...(writes.lost > 0 ? [`${name}: ${writes.lost} acknowledged writes are not stored`] : []),
    ...(writes.doubled > 0 ? [`${name}: ${writes.doubled} writes are stored twice`] : []),
  ];
}

function describe({ service, kind, codes }: ProbeResult): string {
  return `a ${kind} of ${service} was answered with ${codes.join(', ')}`;
}

function isExpected(code: string): boolean {
  return expectedCodes.includes(code);
}

function isAffected({ store }: StoreFailure, service: string): boolean {
  return servicesOf[store].includes(service);
}

function p95Of({ failure, results, begun, ended }: FailureRecord): FailureVerdict['p95'] {
  const reads = results.filter(({ kind, service }) => kind === 'read' && !isAffected(failure, service));
  const between = (from: number, to: number) => reads.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
  return { before: quantile(between(-Infinity, begun)), during: quantile(between(begun, ended)) };
}

function quantile(values: readonly number[], share = 0.95): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;
}

function healthyAfterMs({ results, ended }: FailureRecord): number {
  const failures = results.filter(({ at, codes }) => at >= ended && codes.length > 0);
  return Math.max(0, ...failures.map(({ at }) => at - ended));
}

function writesOf(results: readonly ProbeResult[], stored: StoredTexts): FailureVerdict['writes'] {
  const writes = results.flatMap(({ service, text, codes }) =>
    text === undefined ? [] : [{ isAcknowledged: codes.length === 0, copies: stored.get(service)?.get(text) ?? 0 }],
  );
  const acknowledged = writes.filter(({ isAcknowledged }) => isAcknowledged);
  return {
    acknowledged: acknowledged.length,
    unconfirmed: writes.length - acknowledged.length,
    lost: acknowledged.filter(({ copies }) => copies === 0).length,
    doubled: writes.filter(({ copies }) => copies > 1).length,
  };
}
