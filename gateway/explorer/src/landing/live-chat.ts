import { createClient } from 'graphql-ws';
import { requestToken } from '../development-caller.js';
import { endpoint, liveEndpoint } from '../session.js';

interface Message {
  sequence: number;
  body: string;
  sender: { id: string } | null;
}

/** One of the two people: the part of the page, and requests with the person's token. */
interface Side {
  pane: HTMLElement;
  id: string;
  sub: string;
  request<Data>(query: string, variables?: object): Promise<Data>;
}

/** The number of earlier messages that are shown. */
const historySize = 6;

/** Connects two people of the embedded run, each over a WebSocket of their own. */
export async function enableLiveChat(): Promise<void> {
  const panes = [...document.querySelectorAll<HTMLElement>('.chat [data-user]')];
  try {
    const [one, other] = await Promise.all(panes.map(openSide));
    if (!one || !other) return;
    const { startConversation } = await one.request<Started>(startMutation, { input: { participantIds: [other.id] } });
    for (const side of [one, other]) connect(side, startConversation.conversation);
  } catch (failure) {
    for (const pane of panes) showState(pane, (failure as Error).message);
  }
}

async function openSide(pane: HTMLElement): Promise<Side> {
  const sub = pane.dataset['user'] ?? '';
  const request = async <Data>(query: string, variables?: object): Promise<Data> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await requestToken('user', sub)}` };
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    const [error] = errors ?? [];
    if (error || !data) throw new Error(error?.message ?? `HTTP ${response.status}`);
    return data;
  };
  const { me } = await request<{ me: { id: string } }>('{ me { id } }');
  return { pane, sub, id: me.id, request };
}

function connect({ pane, sub, id, request }: Side, { id: conversationId, lastMessage }: Conversation): void {
  let last = Math.max(0, (lastMessage?.sequence ?? 0) - historySize);
  // Every new connection gets a new token, so that the chat outlives the first one.
  const client = createClient({
    url: liveEndpoint ?? '',
    connectionParams: async () => ({ authorization: `Bearer ${await requestToken('user', sub)}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    on: {
      connected: () => showState(pane, 'connected'),
      closed: () => showState(pane, 'connecting …'),
    },
  });
  client.subscribe<{ messageAdded: Message }>(
    { query: messageSubscription, variables: { id: conversationId, after: last } },
    {
      next({ data }) {
        // After a reconnection the stream starts at the same message again.
        if (!data || data.messageAdded.sequence <= last) return;
        last = data.messageAdded.sequence;
        showMessage(pane, data.messageAdded, data.messageAdded.sender?.id === id);
      },
      error: () => showState(pane, 'not connected'),
      complete: () => showState(pane, 'not connected'),
    },
  );
  enableSending(pane, (body) =>
    request(sendMutation, { input: { conversationId, body, clientMessageId: crypto.randomUUID() } }),
  );
}

function enableSending(pane: HTMLElement, send: (body: string) => Promise<unknown>): void {
  const [form, input] = [pane.querySelector('form'), pane.querySelector('input')];
  if (!form || !input) return;
  for (const control of form.querySelectorAll<HTMLInputElement | HTMLButtonElement>('input, button'))
    control.disabled = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body = input.value.trim();
    if (body === '') return;
    input.value = '';
    send(body).catch((failure: unknown) => {
      input.value = body;
      showState(pane, (failure as Error).message);
    });
  });
}

function showMessage(pane: HTMLElement, { body }: Message, isOwn: boolean): void {
  const list = pane.querySelector('.messages');
  const item = document.createElement('p');
  item.textContent = body;
  item.className = isOwn ? 'own' : 'theirs';
  list?.append(item);
  list?.scrollTo({ top: list.scrollHeight });
}

function showState(pane: HTMLElement, text: string): void {
  const state = pane.querySelector<HTMLElement>('.connection');
  if (!state) return;
  state.textContent = text;
  state.dataset['connected'] = String(text === 'connected');
}

interface Conversation {
  id: string;
  lastMessage: { sequence: number } | null;
}

interface Started {
  startConversation: { conversation: Conversation };
}

const startMutation = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id lastMessage { sequence } } }
}`;

const messageSubscription = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sender { id } }
}`;

const sendMutation = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';
