import { notFound } from '@marquee/chassis/errors/errors';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { v7 } from 'uuid';
import type { JobsContext } from '../context.js';
import { mayManageWebhooks, requireEndpoint } from './webhook-access.js';
import {
  CreateWebhookEndpointInput,
  CreateWebhookEndpointPayload,
  DeleteWebhookEndpointInput,
  DeleteWebhookEndpointPayload,
  ReplayWebhookDeliveryInput,
  ReplayWebhookDeliveryPayload,
  RotateWebhookSecretInput,
  RotateWebhookSecretPayload,
  UpdateWebhookEndpointInput,
  UpdateWebhookEndpointPayload,
} from './webhook-inputs.js';
import { ForWebhookManagers, WebhookEndpointStatus } from './webhook-model.js';
import { checkEventTypes, checkUrl, tooManyEndpoints } from './webhook-rules.js';

const callers =
  'Errors: UNAUTHENTICATED for a guest, FORBIDDEN for callers other than machine clients with the scope `webhooks.manage`';

@Resolver()
export class WebhookMutationResolver {
  @ForWebhookManagers
  @Mutation(() => CreateWebhookEndpointPayload, {
    description:
      `Registers an address that receives events from now on. ${callers}, BAD_USER_INPUT for an address that is not https, ` +
      'cannot be resolved or leads to a private network, CONFLICT for more than 10 endpoints, ' +
      'RATE_LIMITED while too many host names of the client are looked up.',
  })
  async createWebhookEndpoint(
    @Ctx() { caller, store, webhooks }: JobsContext,
    @Arg('input', () => CreateWebhookEndpointInput, { description: 'The endpoint to register.' })
    { url, eventTypes }: CreateWebhookEndpointInput,
  ): Promise<CreateWebhookEndpointPayload> {
    const clientId = mayManageWebhooks(caller);
    const id = v7();
    const values = { eventTypes: checkEventTypes(eventTypes), url: await checkUrl(url, clientId, webhooks) };
    const secret = webhooks.secrets.create(id);
    const endpoint = await store.webhookEndpoints.add(clientId, { ...values, id, secret });
    if (!endpoint) throw tooManyEndpoints();
    return { endpoint, secret: webhooks.secrets.secretOf(endpoint) };
  }

  @ForWebhookManagers
  @Mutation(() => UpdateWebhookEndpointPayload, {
    description:
      `Changes an endpoint, or disables or enables it. ${callers}, NOT_FOUND for an endpoint of another client, ` +
      'BAD_USER_INPUT for an address that is not https, cannot be resolved or leads to a private network, RATE_LIMITED ' +
      'while too many host names of the client are looked up.',
  })
  async updateWebhookEndpoint(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateWebhookEndpointInput, { description: 'The changes.' })
    { endpointId, url, eventTypes, isEnabled }: UpdateWebhookEndpointInput,
  ): Promise<UpdateWebhookEndpointPayload> {
    const { store, webhooks } = context;
    const { id, clientId } = await requireEndpoint(context, endpointId);
    const status = isEnabled ? WebhookEndpointStatus.ENABLED : WebhookEndpointStatus.DISABLED;
    const endpoint = await store.webhookEndpoints.change(clientId, id, {
      ...(url && { url: await checkUrl(url, clientId, webhooks) }),
      ...(eventTypes && { eventTypes: checkEventTypes(eventTypes) }),
      ...(typeof isEnabled === 'boolean' && { status }),
    });
    if (!endpoint) throw notFound('webhook endpoint', endpointId);
    return { endpoint };
  }

  @ForWebhookManagers
  @Mutation(() => DeleteWebhookEndpointPayload, {
    description: `Deletes an endpoint with its deliveries. ${callers}, NOT_FOUND for an endpoint of another client.`,
  })
  async deleteWebhookEndpoint(
    @Ctx() { caller, store }: JobsContext,
    @Arg('input', () => DeleteWebhookEndpointInput, { description: 'The endpoint to delete.' })
    { endpointId }: DeleteWebhookEndpointInput,
  ): Promise<DeleteWebhookEndpointPayload> {
    const isRemoved = await store.webhookEndpoints.remove(mayManageWebhooks(caller), endpointId);
    if (!isRemoved) throw notFound('webhook endpoint', endpointId);
    return { endpointId };
  }

  @ForWebhookManagers
  @Mutation(() => RotateWebhookSecretPayload, {
    description:
      'Replaces the secret of an endpoint. For a day, deliveries are signed with both secrets; the last rotation counts. ' +
      `${callers}, NOT_FOUND for an endpoint of another client.`,
  })
  async rotateWebhookSecret(
    @Ctx() context: JobsContext,
    @Arg('input', () => RotateWebhookSecretInput, { description: 'The endpoint.' })
    { endpointId }: RotateWebhookSecretInput,
  ): Promise<RotateWebhookSecretPayload> {
    const { secrets } = context.webhooks;
    const found = await requireEndpoint(context, endpointId);
    const endpoint = await context.store.webhookEndpoints.rotateSecret(found, secrets.rotated(found));
    if (!endpoint) throw notFound('webhook endpoint', endpointId);
    return { endpoint, secret: secrets.secretOf(endpoint) };
  }

  @ForWebhookManagers
  @Mutation(() => ReplayWebhookDeliveryPayload, {
    description:
      'Sends a delivery again, with the same `webhook-id`, and attempts it for another day. ' +
      `${callers}, NOT_FOUND for a delivery of another client and for one that is no longer kept.`,
  })
  async replayWebhookDelivery(
    @Ctx() { caller, store }: JobsContext,
    @Arg('input', () => ReplayWebhookDeliveryInput, { description: 'The delivery.' })
    { deliveryId }: ReplayWebhookDeliveryInput,
  ): Promise<ReplayWebhookDeliveryPayload> {
    const clientId = mayManageWebhooks(caller);
    const found = await store.webhookDeliveries.find(clientId, deliveryId);
    if (found) await store.webhookDeliveries.replay(found.id);
    const delivery = found && (await store.webhookDeliveries.find(clientId, found.id));
    if (!delivery) throw notFound('webhook delivery', deliveryId);
    return { delivery };
  }
}
