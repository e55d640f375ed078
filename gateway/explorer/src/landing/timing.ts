/** The times of one operation, as the gateway reports them outside of production. */
export interface Trace {
  durationMs: number;
  fetches: { service: string; startMs: number; durationMs: number }[];
  plan?: string;
}

/** Splits a response into its text without the trace, and the trace. */
export function readTrace(text: string): { body: string; trace: Trace | undefined } {
  try {
    const { extensions, ...rest } = JSON.parse(text) as { extensions?: { trace?: Trace } };
    return { body: JSON.stringify(rest, null, 2), trace: extensions?.trace };
  } catch {
    return { body: text, trace: undefined };
  }
}

export function showTotal(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

/** Shows a bar for each request to a service, on the time of the whole operation. */
export function showTiming(list: HTMLElement, trace: Trace | undefined): void {
  list.hidden = !trace || trace.fetches.length === 0;
  if (!trace) return;
  const total = Math.max(
    trace.durationMs,
    ...trace.fetches.map(({ startMs, durationMs }) => startMs + durationMs),
    0.1,
  );
  list.replaceChildren(...trace.fetches.map((fetched) => bar(fetched, total)));
}

function bar({ service, startMs, durationMs }: Trace['fetches'][number], total: number): HTMLElement {
  const [item, name, track, fill, time] = ['li', 'span', 'span', 'span', 'span'].map((tag) =>
    document.createElement(tag),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  name.textContent = service;
  track.className = 'track';
  fill.style.setProperty('margin-inline-start', `${(startMs / total) * 100}%`);
  fill.style.setProperty('inline-size', `${Math.max((durationMs / total) * 100, 1)}%`);
  track.append(fill);
  time.className = 'time';
  time.textContent = showTotal(durationMs);
  item.append(name, track, time);
  return item;
}
