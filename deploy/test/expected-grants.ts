import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { eventChannels } from '@marquee/schema/event-channels';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import { environments } from '../src/environments.js';

const { account } = environments.prod;
const media = `arn:aws:s3:::marquee-prod-media-${account}`;
const registry = `arn:aws:s3:::marquee-prod-registry-${account}`;

/** The user pool and the distribution, from which deleted people are removed. */
const erasureResources = [
  'marquee-prod-identity/People.Arn',
  `arn:aws:cloudfront::${account}:distribution/marquee-prod-media/Distribution`,
];

/** The domain of the sender of emails, and the rules that SES applies to them. */
const mailResources = ['identity/marquee.example', 'configuration-set/marquee-prod'].map(
  (resource) => `arn:aws:ses:eu-central-1:${account}:${resource}`,
);

/** The resources of every task role: X-Ray, and the log group of the metrics. */
export const commonResources = ['*', `arn:aws:logs:eu-central-1:${account}:log-group:/marquee/prod/metrics:*`];

/** The resources of each service's task role in addition to the common ones. */
export const taskResources: readonly [service: string, resources: readonly string[]][] = [
  ...(await Promise.all(subgraphs.map(resourcesOf))),
  [
    'gateway',
    [
      registry,
      ...['live/partner-changes.json', 'live/partner.graphql', 'live/supergraph.graphql', 'usage/*'].map(
        (key) => `${registry}/${key}`,
      ),
    ],
  ],
];

/** The secrets of each service: the variable, and the secret's logical id in the template. */
export const secrets: readonly [service: string, secrets: readonly string[]][] = [
  ...subgraphs.map((subgraph): [string, string[]] => [subgraph.name, secretsOf(subgraph)]),
  ['gateway', ['CALLER_SIGNING_KEY=Secretgatewaycallersigningkey', 'REDIS_URL=Url']],
];

async function resourcesOf(subgraph: Subgraph): Promise<[service: string, resources: string[]]> {
  const { name, store, media: role } = subgraph;
  const folders = role === 'stores' ? [`${media}/incoming/*`, `${media}/media/*`, ...erasureResources] : [];
  const stored = store === 'dynamodb' ? await tableResources(name) : databaseResources(name);
  return [name, [...folders, ...stored, ...eventResources(subgraph), ...(subgraph.mail ? mailResources : [])]];
}

/** The secret that a service reads again when its password was rotated, and the key that encrypts it. */
function databaseResources(name: string): string[] {
  return [`marquee-prod-data/Key${name}.Arn`, `marquee-prod-data/Secret${name}databaseurl`];
}

/** The own topic and the own queue, and the key that encrypts both. */
function eventResources(subgraph: Subgraph): string[] {
  const { topic, queue } = eventChannels(subgraph, 'marquee-prod');
  const channels = [topic && `sns:eu-central-1:${account}:${topic}`, queue && `sqs:eu-central-1:${account}:${queue}`];
  const arns = channels.flatMap((name) => (name ? `arn:aws:${name}` : []));
  return arns.length === 0 ? [] : [...arns, 'marquee-prod-events/Key.Arn'];
}

async function tableResources(name: string): Promise<string[]> {
  const { tableDefinition } = (await import(`@marquee/${name}/table`)) as { tableDefinition: TableDefinition };
  const table = `arn:aws:dynamodb:eu-central-1:${account}:table/${name}-prod`;
  const indexes = (tableDefinition.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => `${table}/index/${IndexName}`);
  return [table, ...indexes, `marquee-prod-data/Key${name}.Arn`];
}

function secretsOf({ name, store, media: role, mail, webhooks }: Subgraph): string[] {
  return [
    'CALLER_KEYS',
    ...(store === 'postgres' ? [`DATABASE_URL=Secret${name}databaseurl`] : []),
    ...(mail ? ['MAIL_LINK_KEY=Secretusersmaillinkkey'] : []),
    ...(role ? ['MEDIA_ID_KEY=Secretusersmediaidkey'] : []),
    'REDIS_URL=Url',
    ...(webhooks ? ['WEBHOOK_KEYS=Secretjobswebhookkeys'] : []),
  ];
}
