import { mutationRow, queryRow, type Row, users } from '../row.js';
import { freelancer, webhookEndpoint } from '../subjects.js';

const managers = users('FORBIDDEN', { hooks: 'ok' });

/** Access to webhooks: that of one machine client alone. */
export const webhookRows: readonly Row[] = [
  queryRow('Query.webhookEndpoints', '', webhookEndpoint, '{ webhookEndpoints { edges { node { id } } } }', managers),
  queryRow(
    'Query.webhookEndpoint',
    '',
    webhookEndpoint,
    '{ webhookEndpoint(id: $id) { id deliveries { edges { node { state } } } } }',
    managers,
  ),
  mutationRow('updateWebhookEndpoint', '', webhookEndpoint, ({ id }) => ({ endpointId: id }), managers),
  mutationRow('rotateWebhookSecret', '', webhookEndpoint, ({ id }) => ({ endpointId: id }), managers),
  mutationRow('deleteWebhookEndpoint', '', webhookEndpoint, ({ id }) => ({ endpointId: id }), managers),
  mutationRow(
    'createWebhookEndpoint',
    'at a private address',
    freelancer,
    () => ({ url: 'https://10.0.0.1/', eventTypes: ['SHOW_CHANGED'] }),
    users('FORBIDDEN', { hooks: 'BAD_USER_INPUT' }),
  ),
  mutationRow(
    'replayWebhookDelivery',
    'that does not exist',
    freelancer,
    ({ id }) => ({ deliveryId: id }),
    users('FORBIDDEN', { hooks: 'NOT_FOUND' }),
  ),
];
