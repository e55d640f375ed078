import { createClient } from 'graphql-ws';
import { endpoint, liveEndpoint, sessionHeaders } from '../session.js';
import { type Answer, findAnswer, showResponse, showText } from './answer.js';

interface Example {
  button: HTMLButtonElement;
  answer: Answer;
  query: string;
}

/** The number of events of a subscription that are kept and shown. */
const shownEvents = 20;

/** Connects the buttons of the examples: runs queries and mutations, starts and stops subscriptions. */
export function enableExamples(): void {
  for (const runner of document.querySelectorAll<HTMLElement>('.runner')) {
    const button = runner.querySelector<HTMLButtonElement>('[data-run]');
    const answer = findAnswer(runner);
    const query = runner.querySelector('[data-operation]')?.textContent ?? '';
    if (button && answer) enable({ button, answer, query }, runner.dataset['kind'] === 'subscription');
  }
}

function enable(example: Example, isSubscription: boolean): void {
  let stop: (() => void) | undefined;
  example.button.addEventListener('click', () => {
    if (!isSubscription) return void run(example);
    stop = stop ? void stop() : subscribe(example, () => (stop = undefined));
  });
}

/** The gateway adds a trace outside of production, and ignores the extension elsewhere. */
async function run({ button, answer, query }: Example): Promise<void> {
  button.disabled = true;
  const headers = { 'content-type': 'application/json', ...sessionHeaders() };
  const body = JSON.stringify({ query, extensions: { trace: true } });
  const startedAt = performance.now();
  await fetch(endpoint, { method: 'POST', headers, body })
    .then((response) => showResponse(answer, response, startedAt))
    .catch((failure: unknown) => showText(answer, String(failure)));
  button.disabled = false;
}

/** Shows events as they arrive, the newest first. Returns a function that ends the subscription. */
function subscribe({ button, answer, query }: Example, onEnd: () => void): () => void {
  const client = createClient({ url: liveEndpoint ?? '', connectionParams: sessionHeaders });
  const events: string[] = [];
  const finish = (last?: string): void => {
    setLabel(button, 'Subscribe');
    if (last !== undefined) showText(answer, last);
    void client.dispose();
    onEnd();
  };
  const complete = client.subscribe(
    { query },
    {
      next: (event) => {
        events.unshift(JSON.stringify(event, null, 2));
        events.splice(shownEvents);
        showText(answer, events.join('\n'));
      },
      error: (failure) => finish(failure instanceof CloseEvent ? failure.reason : JSON.stringify(failure, null, 2)),
      complete: () => finish(),
    },
  );
  setLabel(button, 'Stop');
  showText(answer, 'Waiting for events …');
  return complete;
}

function setLabel({ firstChild }: HTMLButtonElement, text: string): void {
  if (firstChild) firstChild.textContent = text;
}
