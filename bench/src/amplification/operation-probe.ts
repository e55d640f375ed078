import { setTimeout as wait } from 'node:timers/promises';
import { type CpuTimes, measureCpu, totalOf } from './cpu-meter.js';

/** The CPU time that one request took, over all processes. */
export interface Measurement {
  document: string;
  status: number;
  /** Codes of the errors in the response, and the message of the first. */
  errors: string[];
  cpuMs: number;
  byProcess: CpuTimes;
  requestBytes: number;
  responseBytes: number;
}

export interface ProbeTarget {
  url: string;
  pids: ReadonlyMap<string, number>;
  /** Absent for a guest. */
  token?: string | undefined;
}

/** Milliseconds after a response in which processes finish their work for it. */
const settleMs = 3;

/** Sends an operation and measures its CPU time. */
async function probe({ url, pids, token }: ProbeTarget, document: string): Promise<Measurement> {
  const body = JSON.stringify({ query: document });
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  let [status, text] = [0, ''];
  const byProcess = await measureCpu(pids, async () => {
    const response = await fetch(url, { method: 'POST', headers, body });
    [status, text] = [response.status, await response.text()];
    await wait(settleMs);
  });
  return {
    document,
    status,
    errors: errorsIn(text),
    cpuMs: totalOf(byProcess),
    byProcess,
    requestBytes: body.length,
    responseBytes: text.length,
  };
}

/**
 * The smallest of several measurements: the time that the operation needs whatever else the processes do. Each has a
 * name of its own, so that the gateway plans it anew.
 */
export async function probeRepeatedly(target: ProbeTarget, document: string, times: number): Promise<Measurement> {
  const measured: Measurement[] = [];
  for (let turn = 0; turn < times; turn += 1) measured.push(await probe(target, `query n${nextName()} ${document}`));
  const [least] = measured.toSorted((one, other) => one.cpuMs - other.cpuMs);
  if (!least) throw new Error('expected at least one measurement');
  return { ...least, document };
}

let names = 0;

function nextName(): number {
  names += 1;
  return names;
}

function errorsIn(text: string): string[] {
  const { errors = [] } = JSON.parse(text) as { errors?: { message: string; extensions?: { code?: string } }[] };
  return errors.slice(0, 3).map(({ message, extensions }) => `${extensions?.code}: ${message}`);
}
