import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@marquee/testkit/ports';
import { startService, type TestService } from '@marquee/testkit/test-service';
import type { Variables } from '@marquee/chassis/config/settings';
import type { Closers } from '@marquee/chassis/process/closers';
import { service as gatewayService } from '@marquee/gateway/service';
import { webClientId } from '../../src/issuer/clients.js';
import { createClient, type GraphClient } from '../fixtures/graph-client.js';
import { startIssuer } from '../fixtures/test-issuer.js';
import { gatewayVariables, startGraph } from '../fixtures/whole-graph.js';

/** The whole graph with a token issuer, and a conversation of two people. */
export interface ClientSystem {
  url: string;
  /** The person whom the clients sign in as. */
  sub: string;
  conversationId: string;
  /** Requests an access token of the person from the issuer. */
  token(seconds: number): Promise<string>;
  /** Sends a message of the other person; once, however often it has to be repeated. Resolves with its sequence. */
  say(body: string): Promise<number>;
  /** Stops the gateway and starts it again at the same address. */
  restartGateway(): Promise<void>;
}

/** Seconds in which the gateway notices that a token has expired. */
const revalidateSeconds = '0.2';

/** @param variables additional environment variables of the gateway */
export async function openClientSystem(closers: Closers, variables: Variables): Promise<ClientSystem> {
  const issuer = await startIssuer(closers);
  const { services } = await startGraph(closers, { messaging: true });
  const start = async (PORT: string): Promise<TestService> =>
    startService(gatewayService, {
      ...(await gatewayVariables(services)),
      ...issuer.variables,
      COGNITO_CLIENT_IDS: webClientId,
      LIVE_REVALIDATE_SECONDS: revalidateSeconds,
      DRAIN_SECONDS: '0.3',
      PORT,
      ...variables,
    });
  const port = String(await freePort());
  let gateway = await start(port);
  closers.add({ close: () => gateway.close() });
  const { url } = gateway;
  const tokenOf = async (sub: string, seconds: number): Promise<string> => {
    const response = await fetch(`${issuer.url}/token?user=${sub}&ttl=${seconds}`);
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const signIn = async (sub: string): Promise<GraphClient> =>
    createClient(url, { authorization: `Bearer ${await tokenOf(sub, 3600)}` });
  const [sub, other] = ['client-ada', await signIn('client-ben')];
  await other.mutate('updateProfile', { displayName: 'Ben' });
  const { me } = await (await signIn(sub)).query('{ me { id } }');
  const input = { participantIds: [me.id], title: null };
  const { conversation } = await other.mutate('startConversation', input, 'conversation { id }');
  const conversationId = conversation.id as string;
  let count = 0;
  return {
    url,
    sub,
    conversationId,
    token: (seconds) => tokenOf(sub, seconds),
    async say(body) {
      const message = { conversationId, body, clientMessageId: `say-${(count += 1)}` };
      for (;;) {
        const sent = await other.mutate('sendMessage', message, 'message { sequence }').catch(() => undefined);
        if (sent) return sent.message.sequence as number;
        await wait(100);
      }
    },
    async restartGateway() {
      await gateway.close();
      gateway = await start(port);
    },
  };
}
