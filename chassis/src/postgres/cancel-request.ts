import pg, { type ClientBase } from 'pg';

/** The session that runs a statement, as the server identifies it, and the way to the server. */
interface Session {
  host: string;
  port: number;
  ssl?: pg.ConnectionConfig['ssl'];
  processID: number | null;
  secretKey: number | null;
}

/** The part of a connection of pg that its types leave out. */
interface CancelConnection {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
  on(event: string, listener: () => void): void;
  stream: { destroy(): void };
}

/**
 * Asks the server to cancel the statement that a client runs, over a second connection (CancelRequest in "Message Flow" of
 * the Postgres documentation). Poolers such as PgBouncer forward it.
 *
 * @returns whether the server has processed it: it cannot arrive later and hit another statement of the session
 */
export function sendCancelRequest(client: ClientBase, timeoutMs: number): Promise<boolean> {
  const { host, port, ssl, processID, secretKey } = client as unknown as Session;
  if (processID === null || secretKey === null) return Promise.resolve(false);
  const connection = new pg.Connection({ ssl }) as unknown as CancelConnection;
  const send = () => connection.cancel(processID, secretKey);
  return new Promise((resolve) => {
    let isSent = false;
    const timer = setTimeout(() => end(false), timeoutMs);
    connection.on('connect', () => (ssl ? connection.requestSsl() : sendOnce()));
    connection.on('sslconnect', () => sendOnce());
    connection.on('error', () => end(false));
    // The server closes the connection once it has signalled the session.
    connection.on('end', () => end(isSent));
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);

    function sendOnce(): void {
      send();
      isSent = true;
    }

    function end(isProcessed: boolean): void {
      clearTimeout(timer);
      connection.stream.destroy();
      resolve(isProcessed);
    }
  });
}
