/** Ends sockets whose peer does not answer; TCP would notice that only minutes later. */
export interface SocketTimers {
  /** Starts when a socket is opened. */
  awaitConnection(): void;
  onConnected(): void;
  awaitPong(): void;
  onPong(): void;
  stop(): void;
}

/** Milliseconds in which the server must answer a ping. */
const pongTimeoutMs = 5_000;

/** @param connectTimeoutMs milliseconds in which a new socket must be acknowledged */
export function createSocketTimers(terminate: () => void, connectTimeoutMs = 10_000): SocketTimers {
  let connecting: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setTimeout> | undefined;
  return {
    awaitConnection() {
      clearTimeout(connecting);
      connecting = setTimeout(terminate, connectTimeoutMs);
    },
    onConnected: () => clearTimeout(connecting),
    awaitPong() {
      clearTimeout(pinging);
      pinging = setTimeout(terminate, pongTimeoutMs);
    },
    onPong: () => clearTimeout(pinging),
    stop() {
      clearTimeout(connecting);
      clearTimeout(pinging);
    },
  };
}
