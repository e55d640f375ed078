import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The callers that `mayManageWebhooks` allows. */
export const ForWebhookManagers = Authorize(['machine', 'scope:webhooks.manage']);

export enum WebhookEventType {
  SHOW_CHANGED = 'SHOW_CHANGED',
  SHOW_DELETED = 'SHOW_DELETED',
  JOB_PUBLISHED = 'JOB_PUBLISHED',
}
registerEnumType(WebhookEventType, {
  name: 'WebhookEventType',
  description: 'An event of which partners are notified.',
  valuesConfig: {
    SHOW_CHANGED: { description: '`show.changed`: a show was added or changed. Its data have the `slug`.' },
    SHOW_DELETED: { description: '`show.deleted`: a show was deleted. Its data have the `slug`.' },
    JOB_PUBLISHED: { description: '`job.published`: a job became public. Its data have the `jobId`.' },
  },
});

export enum WebhookEndpointStatus {
  ENABLED = 'ENABLED',
  DISABLED = 'DISABLED',
}
registerEnumType(WebhookEndpointStatus, {
  name: 'WebhookEndpointStatus',
  description: 'Whether an endpoint receives events.',
  valuesConfig: {
    ENABLED: { description: 'It receives events.' },
    DISABLED: { description: 'It receives none: see `disabledBecause`. Its client can enable it again.' },
  },
});

export enum WebhookDeliveryState {
  PENDING = 'PENDING',
  DELIVERED = 'DELIVERED',
  FAILED = 'FAILED',
}
registerEnumType(WebhookDeliveryState, {
  name: 'WebhookDeliveryState',
  description: 'The state of a delivery.',
  valuesConfig: {
    PENDING: { description: 'It waits for its first or next attempt.' },
    DELIVERED: { description: 'The endpoint has answered with a status of 200 to 299.' },
    FAILED: { description: 'No attempt succeeded within a day, or the endpoint was disabled. It can be replayed.' },
  },
});

@ForWebhookManagers
@ObjectType({ description: 'An address at which a machine client receives events. Visible only to this client.' })
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => GraphQLURL, { description: 'The address that receives the events.' })
  @Column('text')
  url!: string;

  @Field(() => [WebhookEventType], { description: 'The events that it receives.' })
  @Column('text', { name: 'event_types', array: true })
  eventTypes!: WebhookEventType[];

  @Field(() => WebhookEndpointStatus, { description: 'Whether it receives events.' })
  @Column('text')
  status!: WebhookEndpointStatus;

  @Field(() => String, { nullable: true, description: 'Why it was disabled. Null while it is enabled.' })
  @Column('text', { name: 'disabled_because', nullable: true })
  disabledBecause!: string | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'Since when every attempt has failed. Null after one that succeeded. After three days the endpoint is disabled.',
  })
  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'When the secret was rotated the last time. For a day deliveries are signed with the previous one, too. Null before.',
  })
  @Column('timestamptz', { name: 'secret_rotated_at', nullable: true })
  secretRotatedAt!: Date | null;

  @Field(() => Date, { description: 'When the client registered it.' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** Encrypted; null if it is still derived from its version. */
  @Column('bytea', { nullable: true })
  secret!: Buffer | null;

  /** Encrypted. */
  @Column('bytea', { name: 'previous_secret', nullable: true })
  previousSecret!: Buffer | null;

  @Column('integer', { name: 'secret_version' })
  secretVersion!: number;
}

@ForWebhookManagers
@ObjectType({ description: 'An event for an endpoint. Kept for 30 days.' })
@Entity('webhook_deliveries')
export class WebhookDelivery {
  @Field(() => ID, { description: 'The header `webhook-id` of every attempt. Later events have greater ids.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => WebhookEventType, { description: 'The event.' })
  @Column('text')
  type!: WebhookEventType;

  @Field(() => ID, { description: 'The slug of the show, or the id of the job.' })
  @Column('text')
  subject!: string;

  @Field(() => Date, { description: 'When the event happened.' })
  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt!: Date;

  @Field(() => WebhookDeliveryState, { description: 'Whether it was delivered.' })
  @Column('text')
  state!: WebhookDeliveryState;

  @Field(() => Int, { description: 'The number of attempts so far, since the last replay.' })
  @Column('smallint')
  attempts!: number;

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the last answer. Null if there was none.' })
  @Column('smallint', { name: 'last_status', nullable: true })
  lastStatus!: number | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt failed. Null if it did not.' })
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('timestamptz', { name: 'next_attempt_at' })
  dueAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the endpoint accepted it. Null before.' })
  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;

  @Column('uuid', { name: 'endpoint_id' })
  endpointId!: string;
}

export const WebhookEndpointConnection = defineConnection<WebhookEndpoint>('WebhookEndpoint', () => WebhookEndpoint);
export type WebhookEndpointConnection = Connection<WebhookEndpoint>;

export const WebhookDeliveryConnection = defineConnection<WebhookDelivery>('WebhookDelivery', () => WebhookDelivery);
export type WebhookDeliveryConnection = Connection<WebhookDelivery>;
