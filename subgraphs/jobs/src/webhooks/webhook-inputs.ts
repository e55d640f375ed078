import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { WebhookDelivery, WebhookEndpoint, WebhookEventType } from './webhook-model.js';

const urlDescription =
  'An https address with a public host name, port 443, of up to 500 characters. Redirects are not followed.';

@InputType({ description: 'The endpoint to register.' })
export class CreateWebhookEndpointInput {
  @Field(() => GraphQLURL, { description: urlDescription })
  url!: URL;

  @Field(() => [WebhookEventType], { description: 'The events that it receives: at least one.' })
  eventTypes!: WebhookEventType[];
}

@InputType({ description: 'The changes of an endpoint. Omitted values stay.' })
export class UpdateWebhookEndpointInput {
  @Field(() => ID, { description: 'The id of the endpoint.' })
  endpointId!: string;

  @Field(() => GraphQLURL, { nullable: true, description: urlDescription })
  url?: URL | null;

  @Field(() => [WebhookEventType], { nullable: true, description: 'The events that it receives: at least one.' })
  eventTypes?: WebhookEventType[] | null;

  @Field(() => Boolean, { nullable: true, description: 'False disables the endpoint, true enables it again.' })
  isEnabled?: boolean | null;
}

@InputType({ description: 'The endpoint to delete.' })
export class DeleteWebhookEndpointInput {
  @Field(() => ID, { description: 'The id of the endpoint.' })
  endpointId!: string;
}

@InputType({ description: 'The endpoint whose secret is replaced.' })
export class RotateWebhookSecretInput {
  @Field(() => ID, { description: 'The id of the endpoint.' })
  endpointId!: string;
}

@InputType({ description: 'The delivery to repeat.' })
export class ReplayWebhookDeliveryInput {
  @Field(() => ID, { description: 'The id of the delivery.' })
  deliveryId!: string;
}

const secretDescription =
  'The secret that verifies signatures, in the form of Standard Webhooks (`whsec_…`). It is shown only here.';

@ObjectType({ description: 'The result of `createWebhookEndpoint`.' })
export class CreateWebhookEndpointPayload {
  @Field(() => WebhookEndpoint, { description: 'The new endpoint.' })
  endpoint!: WebhookEndpoint;

  @Field(() => String, { description: secretDescription })
  secret!: string;
}

@ObjectType({ description: 'The result of `updateWebhookEndpoint`.' })
export class UpdateWebhookEndpointPayload {
  @Field(() => WebhookEndpoint, { description: 'The endpoint after the change.' })
  endpoint!: WebhookEndpoint;
}

@ObjectType({ description: 'The result of `deleteWebhookEndpoint`.' })
export class DeleteWebhookEndpointPayload {
  @Field(() => ID, { description: 'The id of the deleted endpoint.' })
  endpointId!: string;
}

@ObjectType({ description: 'The result of `rotateWebhookSecret`.' })
export class RotateWebhookSecretPayload {
  @Field(() => WebhookEndpoint, { description: 'The endpoint with the new secret.' })
  endpoint!: WebhookEndpoint;

  @Field(() => String, { description: secretDescription })
  secret!: string;
}

@ObjectType({ description: 'The result of `replayWebhookDelivery`.' })
export class ReplayWebhookDeliveryPayload {
  @Field(() => WebhookDelivery, { description: 'The delivery, which is PENDING again.' })
  delivery!: WebhookDelivery;
}
