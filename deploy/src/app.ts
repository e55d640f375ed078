import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deployers } from './delivery/deployers.js';
import { images } from './delivery/images.js';
import type { Environment } from './environments.js';
import { bus } from './stacks/bus.js';
import { data } from './stacks/data.js';
import { edge } from './stacks/edge.js';
import { gateway } from './stacks/gateway.js';
import { identity } from './stacks/identity.js';
import { media } from './stacks/media.js';
import { network } from './stacks/network.js';
import { observability } from './stacks/observability.js';
import { registry } from './stacks/registry.js';
import { subgraphs } from './stacks/subgraphs.js';

/** The stack that all environments share. */
export function shared(outdir: string): App {
  const app = createApp(outdir);
  images(app);
  return app;
}

/** All stacks of an environment, with every check switched on. It needs no credentials and no network. */
export function graph(environment: Environment, outdir: string): App {
  const app = createApp(outdir);
  const roads = network(app, environment);
  const stored = data(app, environment, roads);
  const ground = { environment, network: roads, data: stored, bus: bus(app, environment, roads) };
  registry(app, environment);
  subgraphs(app, ground, media(app, environment, roads, stored));
  const front = edge(app, environment, roads);
  gateway(app, ground, front, identity(app, environment));
  observability(app, environment, front);
  deployers(app, environment);
  return app;
}

function createApp(outdir: string): App {
  const app = new App({ context: context(), outdir });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** What AWS was once asked for is committed, so that nobody has to ask again; the rest says how CDK behaves. */
function context(): Record<string, unknown> {
  const found = JSON.parse(readFileSync(new URL('../cdk.context.json', import.meta.url), 'utf8')) as object;
  return {
    ...found,
    '@aws-cdk/core:validateAgainstDefaultRules': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    '@aws-cdk/aws-ecs:removeDefaultDesiredCount': true,
    '@aws-cdk/core:checkSecretUsage': true,
    // What another stack uses cannot be taken away from under it.
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
    '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
    '@aws-cdk/core:enablePartitionLiterals': true,
    '@aws-cdk/core:target-partitions': ['aws'],
  };
}
