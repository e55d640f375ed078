/**
 * Prints the results of a subscription as they arrive, until Ctrl-C.
 *
 *   node examples/dist/listen.js 'subscription { activityAdded { message author { displayName } } }' [address] [token]
 */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const [query, url = 'ws://localhost:4000/graphql', token] = process.argv.slice(2);

if (query === undefined) {
  process.stderr.write("usage: node examples/dist/listen.js 'subscription { ... }' [ws://address/graphql] [token]\n");
  process.exit(2);
}

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
});

process.on('SIGINT', () => void client.dispose());

try {
  for await (const result of client.iterate({ query })) process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (failure) {
  const { code, reason, message } = failure as { code?: number | string; reason?: string; message?: string };
  const details = Array.isArray(failure) ? failure : { code, reason: reason ?? message };
  process.stderr.write(`${JSON.stringify(details)}\n`);
  process.exitCode = 1;
}
