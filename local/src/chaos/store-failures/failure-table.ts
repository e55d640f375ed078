import { connect } from 'node:net';
import { once } from 'node:events';
import type { DrillStores } from '../../fleet/drill-stores.js';

export type StoreName = keyof DrillStores;

/** A store that fails in one way for some time. */
export interface StoreFailure {
  store: StoreName;
  name: string;
  /** Seconds between `begin` and `end`. */
  seconds: number;
  begin(): unknown;
  end(): unknown;
}

/** The services that read and write each store. Redis carries notifications only: without it, all services work. */
export const servicesOf: Readonly<Record<StoreName, readonly string[]>> = {
  postgres: ['users', 'jobs'],
  dynamodb: ['messaging', 'shows'],
  redis: [],
};

/** Milliseconds by which answers of a slow store are delayed. */
const delayMs = 3_000;

/** Every failure of every store, as far as the store can have it. */
export function storeFailures(stores: DrillStores): StoreFailure[] {
  return [
    ...(['postgres', 'dynamodb', 'redis'] as const).flatMap((store) => commonFailures(store, stores)),
    ...postgresFailures(stores.postgres),
    redisReadOnly(stores.redis.directUrl),
  ];
}

function commonFailures(store: StoreName, stores: DrillStores): StoreFailure[] {
  const { proxy, process } = stores[store];
  const failures: Omit<StoreFailure, 'store'>[] = [
    { name: 'silent', seconds: 6, begin: proxy.swallow, end: proxy.forward },
    { name: 'stalled', seconds: 6, begin: proxy.stall, end: proxy.forward },
    { name: 'reset', seconds: 1, begin: proxy.reset, end: proxy.reset },
    { name: 'refused', seconds: 6, begin: proxy.refuse, end: proxy.accept },
    { name: 'frozen', seconds: 8, begin: () => process.freeze(), end: () => process.resume() },
    { name: 'slow', seconds: 6, begin: () => proxy.delay(delayMs), end: proxy.forward },
    { name: 'killed', seconds: 6, begin: () => process.kill(), end: () => process.start() },
  ];
  return failures.map((failure) => ({ store, ...failure }));
}

function postgresFailures({ administer, rotatePassword }: DrillStores['postgres']): StoreFailure[] {
  const setReadOnly = async (value: 'on' | 'off') => {
    await administer(`alter system set default_transaction_read_only = ${value}`);
    await administer('select pg_reload_conf()');
  };
  return [
    { store: 'postgres', name: 'read-only', seconds: 6, begin: () => setReadOnly('on'), end: () => setReadOnly('off') },
    { store: 'postgres', name: 'new password', seconds: 1, begin: rotatePassword, end: () => undefined },
  ];
}

/** A replica without its master still answers reads, and refuses writes. */
function redisReadOnly(url: string): StoreFailure {
  const begin = () => sendCommand(url, 'REPLICAOF 127.0.0.1 1');
  return { store: 'redis', name: 'read-only', seconds: 6, begin, end: () => sendCommand(url, 'REPLICAOF NO ONE') };
}

async function sendCommand(url: string, command: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+OK')) throw new Error(`Redis answered ${answer.toString()}`);
}
