import { LoadDriver } from '../clients/load-driver.js';
import type { SystemUnderTest } from '../system/system-under-test.js';

/** A conversation between test users. */
export interface BenchConversation {
  id: string;
  tokens: readonly string[];
  /** Sends a message as one participant and resolves with the response. */
  send(turn: number): Promise<void>;
  close(): Promise<void>;
}

/** The maximum number of participants of a conversation. */
const participantCount = 50;

const start = `mutation Start($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } }
}`;

const send = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id sequence } }
}`;

/** The measured subscription; the sender is resolved by another service. */
export const added = `subscription Added($id: ID!) {
  messageAdded(conversationId: $id) { id sequence body sentAt sender { handle displayName } }
}`;

export async function openConversation(system: SystemUnderTest): Promise<BenchConversation> {
  const subs = Array.from({ length: participantCount }, (_, index) => `bench-${index + 1}`);
  const tokens = await Promise.all(subs.map((sub) => system.token(sub)));
  const driver = new LoadDriver(system.url, tokens);
  const ids: string[] = [];
  for (const turn of subs.keys())
    ids.push((await request<{ me: { id: string } }>('query Me { me { id } }', {}, turn)).me.id);
  const { startConversation } = await request<{ startConversation: { conversation: { id: string } } }>(start, {
    input: { participantIds: ids.slice(1), title: 'Bench' },
  });
  const { id } = startConversation.conversation;
  return {
    id,
    tokens,
    send: async (turn) => void (await request(send, { input: { conversationId: id, body: `Message ${turn}` } }, turn)),
    close: () => driver.close(),
  };

  async function request<Data>(document: string, values: Record<string, unknown>, turn = 0): Promise<Data> {
    const text = await driver.request({ name: document, document, variables: () => values }, turn);
    return (JSON.parse(text) as { data: Data }).data;
  }
}
