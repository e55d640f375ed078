import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { mayManageWebhooks } from './webhook-access.js';
import {
  ForWebhookManagers,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookDeliveryState,
  WebhookEndpoint,
  WebhookEndpointConnection,
} from './webhook-model.js';

@Resolver(() => WebhookEndpoint)
export class WebhookEndpointResolver {
  @ForWebhookManagers
  @Query(() => WebhookEndpointConnection, {
    description:
      'The webhook endpoints of the caller, the latest first. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for callers ' +
      'other than machine clients with the scope `webhooks.manage`.',
  })
  async webhookEndpoints(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { caller, store }: JobsContext,
  ): Promise<Connection<WebhookEndpoint>> {
    const clientId = mayManageWebhooks(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.webhookEndpoints.listOf(clientId, page), page);
  }

  @ForWebhookManagers
  @Query(() => WebhookEndpoint, {
    nullable: true,
    description:
      'A webhook endpoint of the caller. Null if there is none with this id. Errors: UNAUTHENTICATED for a guest, FORBIDDEN ' +
      'for callers other than machine clients with the scope `webhooks.manage`.',
  })
  async webhookEndpoint(
    @Arg('id', () => ID, { description: 'The id of the endpoint.' }) id: string,
    @Ctx() { caller, store }: JobsContext,
  ): Promise<WebhookEndpoint | null> {
    return store.webhookEndpoints.find(mayManageWebhooks(caller), id);
  }

  @ForWebhookManagers
  @FieldResolver(() => WebhookDeliveryConnection, {
    description: 'Sent and waiting events of the endpoint, the latest first. Kept for 30 days.',
  })
  async deliveries(
    @Root() { id }: WebhookEndpoint,
    @Arg('state', () => WebhookDeliveryState, { nullable: true, description: 'Only deliveries in this state.' })
    state: WebhookDeliveryState | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { store }: JobsContext,
  ): Promise<Connection<WebhookDelivery>> {
    const page = parseIdPage(args);
    return toIdConnection(await store.webhookDeliveries.listOf(id, state ?? null, page), page);
  }
}

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @ForWebhookManagers
  @FieldResolver(() => Date, {
    nullable: true,
    description: 'When the next attempt begins, at the earliest. Null unless the delivery is PENDING.',
  })
  nextAttemptAt(@Root() { state, dueAt }: WebhookDelivery): Date | null {
    return state === WebhookDeliveryState.PENDING ? dueAt : null;
  }
}
