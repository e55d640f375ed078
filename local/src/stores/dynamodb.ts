import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { db, type Store } from './dynalite.js';
import { createIndexes, createsIndex } from './index-creation.js';
import { closeIteratorsAfterUse } from './iterators.js';
import { type Body, operations } from './operations.js';
import { readWriteLock } from './read-write-lock.js';
import { recentTokens } from './recent-tokens.js';
import { readItemsSynchronously } from './synchronous-reads.js';
import { isDynamodbError, dynamodbError } from './dynamodb-error.js';
import { transactGet, transactWrite } from './transactions.js';

export interface DynamodbOptions {
  /** The data directory, for one process at a time; without it the data is kept in memory. */
  directory?: string;
  port: number;
}

/** A running store with DynamoDB's protocol, bound to 127.0.0.1. */
export interface Dynamodb {
  endpoint: string;
  close(): Promise<void>;
}

/** Handles one request. @throws DynamodbError */
type HandleOperation = (operation: string, body: Body) => Promise<Body>;

/**
 * Starts the DynamoDB-compatible store in this process: dynalite with transactions. Every acknowledged write is on disk.
 * @throws system errors, such as EADDRINUSE when the port is taken
 */
export async function openDynamodb({ directory, port }: DynamodbOptions): Promise<Dynamodb> {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const times = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };
  const store = db.create({ ...(directory !== undefined && { path: directory }), ...times });
  closeIteratorsAfterUse(store);
  readItemsSynchronously(store);
  const handle = createHandler(store);
  const server = createServer((request, response) => void serve(handle, request, response));
  // Longer than clients keep idle connections.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => store.lifecycleManager.gracefulClose(() => resolve()));
    },
  };
}

function createHandler(store: Store): HandleOperation {
  const lock = readWriteLock();
  const tokens = recentTokens();
  return async (name, body) => {
    if (name === 'UpdateTable' && createsIndex(body)) return lock.exclusive(() => createIndexes(store, body));
    if (name === 'TransactGetItems') return lock.exclusive(() => transactGet(store, body));
    if (name === 'TransactWriteItems') {
      const write = () => transactWrite(store, body);
      return lock.exclusive(() => tokens.once(body['ClientRequestToken'], body['TransactItems'], write));
    }
    const operation = operations.get(name);
    if (!operation) throw dynamodbError('UnknownOperationException', `Unknown operation "${name}".`);
    return lock.shared(async () => operation.run(store, operation.validate(store, body)));
  };
}

async function serve(handle: HandleOperation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return void response.end('healthy');
  try {
    const operation = String(request.headers['x-amz-target']).replace(/^DynamoDB_\d+\./, '');
    send(response, 200, await handle(operation, await bodyOf(request)));
  } catch (failure) {
    if (isDynamodbError(failure)) send(response, failure.statusCode, failure.body);
    else send(response, 500, { __type: 'InternalServerError', message: String(failure) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const bytes = await readAll(request);
  try {
    return JSON.parse(bytes.toString('utf8')) as Body;
  } catch {
    throw dynamodbError('SerializationException', 'The body is not valid JSON.');
  }
}

/** With events: an async iterator takes longer than the rest of the reading. */
function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'content-length': bytes.length })
    .end(bytes);
}
