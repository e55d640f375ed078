import { MessageType, stringifyMessage } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An access token, and how many seconds it lasts. */
export interface Token {
  value: string;
  seconds: number;
}

/** What keeps one socket in the right. */
export interface TokenRenewal {
  /** What a connection begins with. */
  parameters(): Promise<{ authorization: string }>;
  /** Sends another token by ping whenever two thirds of the last one's time are over. */
  start(socket: WebSocket): void;
  stop(): void;
}

/** Seconds after which a renewal that failed is tried again. */
const retrySeconds = 2;

export function createTokenRenewal(token: () => Promise<Token>, told: (what: string) => void): TokenRenewal {
  let seconds = retrySeconds;
  let timer: NodeJS.Timeout | undefined;
  return { parameters, start: (socket) => renewAfter((seconds * 2) / 3, socket), stop: () => clearTimeout(timer) };

  async function parameters(): Promise<{ authorization: string }> {
    const { value, seconds: lasting } = await token();
    seconds = lasting;
    return { authorization: `Bearer ${value}` };
  }

  function renewAfter(delay: number, socket: WebSocket): void {
    clearTimeout(timer);
    timer = setTimeout(() => void renew(socket), delay * 1_000);
  }

  async function renew(socket: WebSocket): Promise<void> {
    const isRenewed = await sendTo(socket).catch(() => false);
    if (socket.readyState !== WebSocket.OPEN) return;
    told(isRenewed ? 'token renewed' : 'the token could not be renewed');
    renewAfter(isRenewed ? (seconds * 2) / 3 : retrySeconds, socket);
  }

  async function sendTo(socket: WebSocket): Promise<boolean> {
    const payload = await parameters();
    if (socket.readyState === WebSocket.OPEN) socket.send(stringifyMessage({ type: MessageType.Ping, payload }));
    return true;
  }
}
