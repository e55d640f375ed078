import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportFormat } from './check-report.js';
import { CommandError } from './command-error.js';
import type { PublishOptions } from './publish.js';
import type { AskOptions } from './running-service.js';
import type { SdlSource } from './sdl-sources.js';
import { readUsageLimit, type UsageLimit } from './usage-limit.js';

export const registryUsage = `  check <service>...             shows what publishing the services would change for clients
  publish <service>...           replaces the live schemas of the services, once they serve them
  publish <service>... --removals  publishes only removals, before the services are replaced
  delete <service>               removes a service from the live graph
  lint [<service>...]            checks names, descriptions, nullability, list sizes and @requires; default: all services
  introspect <url>               prints the SDL of a running subgraph
  usage                          lists the clients of the last days
  history                        lists the last 20 versions
  diff <version> [<version>]     lists the changes of the public schema between two versions, or up to the live one
  restore <service> <version>    makes the schema of a service from a previous version live again, and keeps the others
  rollback <version>             makes a previous version of the whole graph live again
  contract <tag>                 prints the supergraph of a contract
  labels                         lists the labels of progressive overrides, with their fields
  operations <client> <file>     registers the operations of a client (a persisted query manifest)
    --registry     a directory, or s3://bucket/prefix
    --sdl          a file with the SDL instead of the code; for several services, a directory with <service>.graphql
    --graph        the name of a preview graph, such as pr-123, which a gateway serves at /preview/pr-123
    --url          the URL of a service that is not in subgraphs/services.json
    --by           the name of the publisher in the history
    --allow        the reason for which changes that break clients are accepted; the history keeps it
    --days         the days of recorded use that are considered, up to 90; default: 30
    --threshold    the number of uses, or the share of all operations (0.1%), from which a change is refused; default: 1
    --markdown     prints a comment for a pull request; --json prints the result as JSON
    --ask          the URL at which the running service is asked, if it differs from its URL
    --signing-key  a file with the private key that signs the request to the running service
    --name         the name of the subgraph for which the request of \`introspect\` is signed
    --expect       \`restore\` only: the version that published the schema to be replaced; fails if there is a later one
    --unasked      the reason for which the running service is not asked; the history keeps it
`;

/** The options of the registry's commands. */
export interface CommandOptions extends SdlSource, AskOptions {
  registry: string;
  by: string;
  allow?: string | undefined;
  limit: UsageLimit;
  json: boolean;
  markdown: boolean;
  removals: boolean;
  name?: string | undefined;
  unasked?: string | undefined;
  graph?: string | undefined;
  expect?: string | undefined;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const definitions = {
  ...{ sdl: text, url: text, graph: text, name: text, ask: text, expect: text, 'signing-key': text },
  ...{ allow: text, unasked: text, days: text, threshold: text, by: { ...text, default: userInfo().username } },
  ...{ json: flag, markdown: flag, removals: flag },
} as const;

/** @throws CommandError for an invalid option */
export function readOptions(args: string[], directory: string): { options: CommandOptions; operands: string[] } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...definitions, registry: { type: 'string', default: directory } },
  });
  for (const name of ['allow', 'unasked'] as const)
    if (values[name]?.trim() === '') throw new CommandError(`--${name} needs a reason.`);
  const { registry, days, threshold, ...others } = values;
  const signingKey = values['signing-key'] ?? localSigningKey(registry);
  return {
    options: { ...others, registry, limit: limitOf(days, threshold), 'signing-key': signingKey },
    operands: positionals,
  };
}

export function formatOf({ json, markdown }: Pick<CommandOptions, 'json' | 'markdown'>): ReportFormat {
  if (json) return 'json';
  return markdown ? 'markdown' : 'text';
}

export function publishOptions({ allow, limit }: CommandOptions): PublishOptions {
  return { allow, limit };
}

function limitOf(days: string | undefined, threshold: string | undefined): UsageLimit {
  try {
    return readUsageLimit(days, threshold);
  } catch (failure) {
    throw new CommandError((failure as Error).message);
  }
}

/** The registry of an embedded run is in its data directory, next to the key of its gateway. */
function localSigningKey(registry: string): string | undefined {
  const secrets = join(registry, '..', 'secrets.json');
  return !registry.startsWith('s3://') && existsSync(secrets) ? secrets : undefined;
}
