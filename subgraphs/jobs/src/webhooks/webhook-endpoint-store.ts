import type { DataSource } from 'typeorm';
import { validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import { type IdPage, idOrder, idRange } from '../paging/id-page.js';
import { WebhookEndpoint, WebhookEndpointStatus } from './webhook-model.js';
import { maxEndpoints } from './webhook-rules.js';
import type { SealedSecrets } from './webhook-secret.js';

type NewEndpoint = Pick<WebhookEndpoint, 'id' | 'url' | 'eventTypes' | 'secret'>;

/** The columns that a client changes. */
export type EndpointValues = Partial<Pick<WebhookEndpoint, 'url' | 'eventTypes' | 'status'>>;

/** Reads and writes the endpoints of machine clients. Those of other clients do not exist for a client. */
export function webhookEndpointStore(source: DataSource) {
  const endpoints = source.getRepository(WebhookEndpoint);
  const find = async (clientId: string, id: string): Promise<WebhookEndpoint | null> =>
    validate(id) ? endpoints.findOneBy({ id, clientId }) : null;
  return {
    find,
    /** The latest first. */
    listOf: (clientId: string, page: IdPage): Promise<WebhookEndpoint[]> => listOf(source, clientId, page),
    /** Returns null if the client has as many endpoints as it may have. */
    add: (clientId: string, values: NewEndpoint): Promise<WebhookEndpoint | null> => add(source, clientId, values),
    /** An endpoint that is enabled again begins without failures. */
    async change(clientId: string, id: string, values: EndpointValues): Promise<WebhookEndpoint | null> {
      const isEnabled = values.status === WebhookEndpointStatus.ENABLED;
      const changes = { ...values, ...(isEnabled && { disabledBecause: null, failingSince: null }) };
      if (validate(id) && Object.keys(changes).length > 0) await endpoints.update({ id, clientId }, changes);
      return find(clientId, id);
    },
    async rotateSecret(
      { id, clientId }: WebhookEndpoint,
      { secret, previousSecret }: SealedSecrets,
    ): Promise<WebhookEndpoint | null> {
      await source.query(rotateStatement, [id, clientId, secret, previousSecret]);
      return find(clientId, id);
    },
    /** Removes the endpoint with its deliveries. Returns whether there was one. */
    remove: async (clientId: string, id: string): Promise<boolean> =>
      validate(id) && (await queryRows(source, removeStatement, [id, clientId])).length > 0,
  };
}

async function listOf(source: DataSource, clientId: string, page: IdPage): Promise<WebhookEndpoint[]> {
  return source
    .getRepository(WebhookEndpoint)
    .createQueryBuilder('endpoint')
    .where('endpoint.clientId = :clientId', { clientId })
    .andWhere('endpoint.id < :after and endpoint.id > :before', idRange(page))
    .orderBy('endpoint.id', idOrder(page))
    .limit(page.limit)
    .getMany();
}

async function add(source: DataSource, clientId: string, values: NewEndpoint): Promise<WebhookEndpoint | null> {
  return source.transaction(async (manager) => {
    await manager.query(lockStatement, [`webhook endpoints of ${clientId}`]);
    if ((await manager.countBy(WebhookEndpoint, { clientId })) >= maxEndpoints) return null;
    await manager.insert(WebhookEndpoint, { ...values, clientId, status: WebhookEndpointStatus.ENABLED });
    return manager.findOneByOrFail(WebhookEndpoint, { id: values.id });
  });
}

/** Endpoints that a client registers at the same time are counted one after the other. */
const lockStatement = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

const removeStatement = `
  with removed as (delete from webhook_endpoints where id = $1 and client_id = $2 returning id)
  select id from removed`;

const rotateStatement = `
  update webhook_endpoints set secret_version = secret_version + 1, secret_rotated_at = now(), secret = $3,
    previous_secret = $4
  where id = $1 and client_id = $2`;
