import { MessageType, type PongMessage } from 'graphql-ws';

/**
 * The payload of `connection_ack` with which a service announces that it acknowledges subscriptions. In
 * graphql-transport-ws a quiet subscription looks the same whether it was started or still waits, so the service sends a
 * pong with the id of each operation once its stream is open. Clients that do not know of this ignore both payloads.
 */
export const acknowledgingPayload = { acknowledgesSubscriptions: true };

/** Whether the payload of `connection_ack` announces acknowledgements. */
export function announcesAcknowledgements(payload: unknown): boolean {
  return (payload as Partial<typeof acknowledgingPayload> | undefined)?.acknowledgesSubscriptions === true;
}

/** The message that acknowledges a subscription. */
export function acknowledgement(operationId: string): PongMessage {
  return { type: MessageType.Pong, payload: { subscribed: operationId } };
}

/** The id of the operation that the payload of a pong acknowledges, if any. */
export function acknowledgedOperation(payload: unknown): string | undefined {
  const id = (payload as { subscribed?: unknown } | undefined)?.subscribed;
  return typeof id === 'string' ? id : undefined;
}
