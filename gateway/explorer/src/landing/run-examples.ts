import { createClient } from 'graphql-ws';
import { endpoint, liveEndpoint, sessionHeaders } from '../session.js';

interface Stage {
  button: HTMLButtonElement;
  answer: HTMLElement;
  query: string;
}

/** Lets visitors run the operations that the page shows. */
export function enableExamples(): void {
  for (const article of document.querySelectorAll<HTMLElement>('.example')) {
    const button = article.querySelector<HTMLButtonElement>('[data-run]');
    const answer = article.querySelector<HTMLElement>('.answer');
    const query = article.querySelector('pre')?.textContent ?? '';
    if (button && answer) offer({ button, answer, query }, article.dataset['kind'] === 'subscription');
  }
}

function offer(stage: Stage, isLive: boolean): void {
  let stop: (() => void) | undefined;
  stage.button.addEventListener('click', () => {
    if (!isLive) return void run(stage);
    stop = stop ? void stop() : listen(stage, () => (stop = undefined));
  });
}

async function run({ button, answer, query }: Stage): Promise<void> {
  button.disabled = true;
  show(answer, 'Asking …');
  const headers = { 'content-type': 'application/json', ...sessionHeaders() };
  await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) })
    .then((response) => response.json())
    .then((result: unknown) => show(answer, printed(result)))
    .catch((failure: unknown) => show(answer, String(failure)));
  button.disabled = false;
}

/** Shows events as they come, the newest first, and returns what ends that. */
function listen({ button, answer, query }: Stage, ended: () => void): () => void {
  const client = createClient({ url: liveEndpoint, connectionParams: sessionHeaders });
  const events: string[] = [];
  const finish = (last?: string): void => {
    label(button, 'Listen');
    if (last !== undefined) show(answer, last);
    void client.dispose();
    ended();
  };
  const complete = client.subscribe(
    { query },
    {
      next: (event) => {
        events.unshift(printed(event));
        show(answer, events.slice(0, 20).join('\n'));
      },
      error: (failure) => finish(printed(failure instanceof CloseEvent ? failure.reason : failure)),
      complete: () => finish(),
    },
  );
  label(button, 'Stop');
  show(answer, 'Listening …');
  return complete;
}

function label({ firstChild }: HTMLButtonElement, text: string): void {
  if (firstChild) firstChild.textContent = text;
}

function show(answer: HTMLElement, text: string): void {
  answer.textContent = text;
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
