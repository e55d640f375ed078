import { createClient } from 'graphql-ws';
import { endpoint, liveEndpoint, sessionHeaders } from '../session.js';

interface Example {
  button: HTMLButtonElement;
  output: HTMLElement;
  query: string;
}

/** Connects the buttons of the examples: runs queries and mutations, starts and stops subscriptions. */
export function enableExamples(): void {
  for (const article of document.querySelectorAll<HTMLElement>('.example')) {
    const button = article.querySelector<HTMLButtonElement>('[data-run]');
    const output = article.querySelector<HTMLElement>('.response');
    const query = article.querySelector('pre')?.textContent ?? '';
    if (button && output) enable({ button, output, query }, article.dataset['kind'] === 'subscription');
  }
}

function enable(example: Example, isSubscription: boolean): void {
  let stop: (() => void) | undefined;
  example.button.addEventListener('click', () => {
    if (!isSubscription) return void run(example);
    stop = stop ? void stop() : subscribe(example, () => (stop = undefined));
  });
}

async function run({ button, output, query }: Example): Promise<void> {
  button.disabled = true;
  show(output, 'Loading …');
  const headers = { 'content-type': 'application/json', ...sessionHeaders() };
  await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) })
    .then((response) => response.json())
    .then((result: unknown) => show(output, format(result)))
    .catch((failure: unknown) => show(output, String(failure)));
  button.disabled = false;
}

/** Shows events as they arrive, the newest first. Returns a function that ends the subscription. */
function subscribe({ button, output, query }: Example, onEnd: () => void): () => void {
  const client = createClient({ url: liveEndpoint, connectionParams: sessionHeaders });
  const events: string[] = [];
  const finish = (last?: string): void => {
    setLabel(button, 'Subscribe');
    if (last !== undefined) show(output, last);
    void client.dispose();
    onEnd();
  };
  const complete = client.subscribe(
    { query },
    {
      next: (event) => {
        events.unshift(format(event));
        show(output, events.slice(0, 20).join('\n'));
      },
      error: (failure) => finish(format(failure instanceof CloseEvent ? failure.reason : failure)),
      complete: () => finish(),
    },
  );
  setLabel(button, 'Stop');
  show(output, 'Waiting for events …');
  return complete;
}

function setLabel({ firstChild }: HTMLButtonElement, text: string): void {
  if (firstChild) firstChild.textContent = text;
}

function show(output: HTMLElement, text: string): void {
  output.textContent = text;
}

function format(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
