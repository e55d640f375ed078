import { MessageType, stringifyMessage } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An access token and its lifetime in seconds. */
export interface Token {
  value: string;
  seconds: number;
}

/** Renews the token of one socket. */
export interface TokenRenewal {
  /** The payload of connection_init. */
  parameters(): Promise<{ authorization: string }>;
  /** Sends a new token with a ping after two thirds of each token's lifetime. */
  start(socket: WebSocket): void;
  stop(): void;
}

/** Seconds until a failed renewal is retried. */
const retrySeconds = 2;

export function createTokenRenewal(token: () => Promise<Token>, onStatus: (text: string) => void): TokenRenewal {
  let seconds = retrySeconds;
  let timer: NodeJS.Timeout | undefined;
  return { parameters, start: (socket) => renewAfter((seconds * 2) / 3, socket), stop: () => clearTimeout(timer) };

  async function parameters(): Promise<{ authorization: string }> {
    const { value, seconds: lifetime } = await token();
    seconds = lifetime;
    return { authorization: `Bearer ${value}` };
  }

  function renewAfter(delay: number, socket: WebSocket): void {
    clearTimeout(timer);
    timer = setTimeout(() => void renew(socket), delay * 1_000);
  }

  async function renew(socket: WebSocket): Promise<void> {
    const isRenewed = await sendTo(socket).catch(() => false);
    if (socket.readyState !== WebSocket.OPEN) return;
    onStatus(isRenewed ? 'token renewed' : 'the token could not be renewed');
    renewAfter(isRenewed ? (seconds * 2) / 3 : retrySeconds, socket);
  }

  async function sendTo(socket: WebSocket): Promise<boolean> {
    const payload = await parameters();
    if (socket.readyState === WebSocket.OPEN) socket.send(stringifyMessage({ type: MessageType.Ping, payload }));
    return true;
  }
}
