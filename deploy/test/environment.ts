import { expect } from '@jest/globals';
import { readSettings, type Variables } from '@marquee/chassis/config/settings';
import { schemaSettings } from '@marquee/chassis/postgres/open';
import { gatewaySettings } from '@marquee/gateway/config';
import { jobsSettings } from '@marquee/jobs/config';
import { messagingSettings } from '@marquee/messaging/config';
import { showsSettings } from '@marquee/shows/config';
import { usersSettings } from '@marquee/users/config';
import { processorSettings } from '@marquee/users/media/media-settings';
import { generateCallerKey } from '../src/secrets/caller-key.js';

/** The services' own readings of their environment. */
const settings = {
  users: usersSettings,
  jobs: jobsSettings,
  messaging: messagingSettings,
  shows: showsSettings,
  gateway: gatewaySettings,
  migration: schemaSettings,
  'media function': processorSettings,
};

/** Not of the services' settings: what Node and OpenTelemetry read, and the function beside the service. */
const foreign = ['NODE_EXTRA_CA_CERTS', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'DATABASE_URL_SECRET'];

const { signing, verification } = generateCallerKey();

/** Values of the shape that secrets have: those of keys are made as `npm run secrets` makes them. */
const shapes: Variables = {
  DATABASE_URL: `postgres://users:${'0f'.repeat(32)}@marquee-prod.cluster-x.eu-central-1.rds.amazonaws.com:5432/marquee?sslmode=verify-full`,
  REDIS_URL: `rediss://marquee:${'a1B2'.repeat(16)}@marquee-prod.serverless.euc1.cache.amazonaws.com:6379`,
  MEDIA_ID_KEY: 'a1B2'.repeat(16),
  CALLER_SIGNING_KEY: JSON.stringify(signing),
  CALLER_KEYS: JSON.stringify({ keys: [verification] }),
};

interface Told {
  Environment: { Name: string; Value: string }[];
  Secrets?: { Name: string }[];
}

/** Expects that a service starts with what it is told, and that it knows each of the names. */
export function expectRead(service: keyof typeof settings, { Environment, Secrets = [] }: Told): void {
  const told = Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
  const secrets = Object.fromEntries(Secrets.map(({ Name }) => [Name, shapes[Name]]));
  expect(Object.keys(told).filter((name) => name in shapes)).toEqual([]);
  const read = readSettings(settings[service], { ...told, ...secrets });
  const names = [...Object.keys(told), ...Object.keys(secrets)].filter((name) => !foreign.includes(name));
  expect(Object.keys(read)).toEqual(expect.arrayContaining(names));
}
