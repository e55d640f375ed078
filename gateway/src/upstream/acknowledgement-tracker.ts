import { acknowledgedOperation, announcesAcknowledgements } from '@marquee/chassis/http/subscription-acknowledgement';
import { type Message, MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { pingMessage } from './upstream-websocket.js';

/** @param connectedAt when the connection was acknowledged, in milliseconds of `performance.now()` */
export type AcknowledgementListener = (connectedAt: number) => void;

/**
 * Notices when the subgraph acknowledges the subscriptions of one socket: by a message of the operation, or by the pong
 * that the subgraph has announced. A subgraph that has announced none answers pings, and messages in their order: the pong
 * to a ping that was sent after a subscription acknowledges that it was read.
 */
export class AcknowledgementTracker {
  readonly #listeners = new Map<string, AcknowledgementListener>();
  /** Operations that were sent since the last ping; unused if the subgraph announced acknowledgements. */
  #sent = new Set<string>();
  /** Operations that the ping in flight acknowledges. */
  #pinged: Set<string> | undefined;
  #isAnnounced = false;
  #connectedAt = 0;

  /** Calls the listener once, when the operation is acknowledged. */
  add(operationId: string, listener: AcknowledgementListener): void {
    this.#listeners.set(operationId, listener);
  }

  delete(operationId: string): void {
    this.#listeners.delete(operationId);
    this.#sent.delete(operationId);
    this.#pinged?.delete(operationId);
  }

  onConnected(payload: unknown): void {
    this.#connectedAt = performance.now();
    this.#isAnnounced = announcesAcknowledgements(payload);
    this.#sent.clear();
    this.#pinged = undefined;
  }

  onSent(socket: WebSocket, text: string): void {
    if (this.#isAnnounced) return;
    const id = subscribedId(text);
    if (id === undefined) return;
    this.#sent.add(id);
    if (!this.#pinged) this.#ping(socket);
  }

  onMessage(socket: WebSocket | undefined, message: Message): void {
    if (message.type !== MessageType.Pong) return 'id' in message ? this.#acknowledge(message.id) : undefined;
    const id = acknowledgedOperation(message.payload);
    if (id !== undefined) return this.#acknowledge(id);
    for (const pinged of this.#pinged ?? []) this.#acknowledge(pinged);
    this.#pinged = undefined;
    if (socket && this.#sent.size > 0) this.#ping(socket);
  }

  #ping(socket: WebSocket): void {
    this.#pinged = this.#sent;
    this.#sent = new Set();
    socket.send(pingMessage);
  }

  #acknowledge(operationId: string): void {
    const listener = this.#listeners.get(operationId);
    if (!listener) return;
    this.delete(operationId);
    listener(this.#connectedAt);
  }
}

/** The id of the operation, if the text is a message that subscribes. */
function subscribedId(text: string): string | undefined {
  return /^\{"id":"(\d+)","type":"subscribe"/.exec(text)?.[1];
}
