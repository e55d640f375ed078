import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deployers } from './delivery/deployers.js';
import { images } from './delivery/images.js';
import type { Environment } from './environments.js';
import { bus } from './stacks/bus.js';
import { data } from './stacks/data.js';
import { edge } from './stacks/edge.js';
import { events } from './stacks/events.js';
import { gateway } from './stacks/gateway.js';
import { identity } from './stacks/identity.js';
import { mail } from './stacks/mail.js';
import { media } from './stacks/media.js';
import { network } from './stacks/network.js';
import { observability } from './stacks/observability.js';
import { registry } from './stacks/registry.js';
import { site } from './stacks/site.js';
import { subgraphStacks } from './stacks/subgraphs.js';

/** The app with the stack that all environments share. */
export function shared(outdir: string): App {
  const app = createApp(outdir);
  images(app);
  return app;
}

/** The app with all stacks of an environment and every check enabled. It needs neither credentials nor network access. */
export function graph(environment: Environment, outdir: string): App {
  const app = createApp(outdir);
  const vpc = network(app, environment);
  const stores = data(app, environment, vpc);
  const foundation = {
    environment,
    network: vpc,
    data: stores,
    bus: bus(app, environment, vpc),
    events: events(app, environment),
  };
  registry(app, environment);
  const people = identity(app, environment, mail(app, environment));
  subgraphStacks(app, foundation, { media: media(app, environment, vpc, stores), identity: people });
  const entry = edge(app, environment, vpc);
  gateway(app, foundation, entry, people);
  observability(app, environment, entry);
  deployers(app, environment, site(app, environment));
  return app;
}

/** An app without stacks, with the checks of every synthesis. */
export function createApp(outdir: string): App {
  const app = new App({ context: context(), outdir });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** The committed results of look-ups in AWS, and the feature flags of CDK. */
function context(): Record<string, unknown> {
  const lookups = JSON.parse(readFileSync(new URL('../cdk.context.json', import.meta.url), 'utf8')) as object;
  return {
    ...lookups,
    '@aws-cdk/core:validateAgainstDefaultRules': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    '@aws-cdk/aws-ecs:removeDefaultDesiredCount': true,
    '@aws-cdk/core:checkSecretUsage': true,
    // A resource that another stack uses cannot be deleted.
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
    '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
    '@aws-cdk/core:enablePartitionLiterals': true,
    '@aws-cdk/core:target-partitions': ['aws'],
  };
}
