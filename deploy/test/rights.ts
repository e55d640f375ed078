import { tableDefinition as showsTable } from '@marquee/shows/table';
import { environments } from '../src/environments.js';

const { account } = environments.prod;

/** Traces, and the log that metrics are written to. */
export const everyTask = ['*', `arn:aws:logs:eu-central-1:${account}:log-group:/marquee/prod/metrics:*`];
const media = `arn:aws:s3:::marquee-prod-media-${account}`;
const registry = `arn:aws:s3:::marquee-prod-registry-${account}/live`;
/** What the role of each service reaches, besides `everyTask`. */
export const tasks: Record<string, string[]> = {
  users: [`${media}/incoming/*`, `${media}/media/*`],
  jobs: [],
  messaging: [
    table('messaging'),
    ...['gsi_inbox', 'gsi_message'].map((index) => `${table('messaging')}/index/${index}`),
    'marquee-prod-data/Keymessaging.Arn',
  ],
  shows: [
    table('shows'),
    ...(showsTable.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => `${table('shows')}/index/${IndexName}`),
    'marquee-prod-data/Keyshows.Arn',
  ],
  gateway: [`${registry}/partner.graphql`, `${registry}/supergraph.graphql`],
};

/** What each service is told by reference, and the secret in the template. */
export const secrets: Record<string, string[]> = {
  users: ['CALLER_KEYS', 'DATABASE_URL=Secretusersdatabaseurl', 'MEDIA_ID_KEY=Secretusersmediaidkey', 'REDIS_URL=Url'],
  jobs: ['CALLER_KEYS', 'DATABASE_URL=Secretjobsdatabaseurl', 'MEDIA_ID_KEY=Secretusersmediaidkey', 'REDIS_URL=Url'],
  messaging: ['CALLER_KEYS', 'REDIS_URL=Url'],
  shows: ['CALLER_KEYS', 'REDIS_URL=Url'],
  gateway: ['CALLER_SIGNING_KEY=Secretgatewaycallersigningkey', 'REDIS_URL=Url'],
};

function table(name: string): string {
  return `arn:aws:dynamodb:eu-central-1:${account}:table/${name}-prod`;
}
