import { readTrace, showTiming, showTotal } from './timing.js';

/** The parts of a page that show the response of one operation. */
export interface Answer {
  pane: HTMLDetailsElement;
  outcome: Element | null;
  output: HTMLElement;
  timing: HTMLElement | null;
  plan: HTMLDetailsElement | null;
}

export function findAnswer(runner: Element): Answer | undefined {
  const pane = runner.querySelector<HTMLDetailsElement>('.answer');
  const output = pane?.querySelector<HTMLElement>('.response');
  if (!pane || !output) return undefined;
  return {
    pane,
    output,
    outcome: pane.querySelector('.outcome'),
    timing: pane.querySelector<HTMLElement>('.timing'),
    plan: pane.querySelector<HTMLDetailsElement>('.plan'),
  };
}

/** Shows a text in the answer, which is unfolded. */
export function showText({ pane, output }: Answer, text: string): void {
  pane.hidden = false;
  pane.open = true;
  output.textContent = text;
}

/** Shows the response of a query or a mutation: its status and time, the time of each service, the data and the plan. */
export async function showResponse(answer: Answer, response: Response, startedAt: number): Promise<void> {
  const text = await response.text();
  const total = performance.now() - startedAt;
  const { body, trace } = readTrace(text);
  showText(answer, body);
  if (answer.outcome) answer.outcome.textContent = `${response.status} · ${showTotal(total)} · ${sizeOf(body)}`;
  if (answer.timing) showTiming(answer.timing, trace);
  showPlan(answer.plan, trace?.plan);
}

function showPlan(plan: HTMLDetailsElement | null, text: string | undefined): void {
  if (!plan) return;
  plan.hidden = text === undefined;
  const output = plan.querySelector('pre');
  if (output) output.textContent = text ?? '';
}

function sizeOf(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`;
}
