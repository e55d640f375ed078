import { type App, Stack, Tags } from 'aws-cdk-lib';
import type { Environment } from './environments.js';
import { namesOf } from './names.js';

export interface StackOptions {
  /** The region, if it is not that of the environment. */
  region?: string;
  /** Whether the stack refers to a stack in another region. */
  crossRegionReferences?: boolean;
}

/** Creates the stack of one part of an environment, protected against deletion except in dev. */
export function createStack(
  app: App,
  environment: Environment,
  part: string,
  description: string,
  { region = environment.region, crossRegionReferences = false }: StackOptions = {},
): Stack {
  const stackName = namesOf(environment).stack(part);
  const stack = new Stack(app, stackName, {
    stackName,
    description,
    env: { account: environment.account, region },
    crossRegionReferences,
    terminationProtection: environment.name !== 'dev',
  });
  Tags.of(stack).add('project', 'marquee');
  Tags.of(stack).add('environment', environment.name);
  Tags.of(stack).add('part', part);
  return stack;
}
