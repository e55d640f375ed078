import type { App, Stack } from 'aws-cdk-lib';
import { Fn, SecretValue } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { EncryptedSecret } from '../service/references.js';
import { createStack } from '../stack.js';
import type { Network } from './network.js';

/** The prefix of every key and channel. */
export const busPrefix = 'marquee:';

const userName = 'marquee';

export interface Bus {
  /** `REDIS_URL` of every service. */
  url: EncryptedSecret;
}

/** Serverless Valkey. Its data may be lost: services also poll their stores, and rate limits start again from zero. */
export function bus(app: App, environment: Environment, network: Network): Bus {
  const stack = createStack(app, environment, 'bus', 'Valkey: notifications between replicas, rate limits');
  const key = new Key(stack, 'Key', { description: 'The bus and its password', enableKeyRotation: true });
  const password = new Secret(stack, 'Password', {
    secretName: namesOf(environment).secret('bus/password'),
    encryptionKey: key,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledge(password, rotation);
  const cache = createCache(stack, environment, network, key, createUsers(stack, environment, password));
  const url = new Secret(stack, 'Url', {
    secretName: namesOf(environment).secret('bus/url'),
    encryptionKey: key,
    secretStringValue: urlOf(cache, password),
  });
  acknowledge(url, rotation);
  return { url: { secret: url, key } };
}

const rotation = { 'AwsSolutions-SMG4': 'Rotated by hand: services read it only at start.' };

function createUsers(stack: Stack, environment: Environment, password: Secret): CfnUserGroup {
  const userId = `${namesOf(environment).bus}-services`;
  const user = new CfnUser(stack, 'User', {
    engine: 'valkey',
    userId,
    userName,
    accessString: `on ~${busPrefix}* resetchannels &${busPrefix}* -@all +@read +@write +@pubsub +@scripting +@connection +info +time`,
    authenticationMode: { Type: 'password', Passwords: [password.secretValue.unsafeUnwrap()] },
  });
  const group = new CfnUserGroup(stack, 'Users', {
    engine: 'valkey',
    userGroupId: namesOf(environment).bus,
    userIds: [userId],
  });
  group.addResourceDependency(user);
  return group;
}

function createCache(
  stack: Stack,
  environment: Environment,
  { vpc, groups }: Network,
  key: Key,
  users: CfnUserGroup,
): CfnServerlessCache {
  return new CfnServerlessCache(stack, 'Cache', {
    engine: 'valkey',
    majorEngineVersion: '8',
    serverlessCacheName: namesOf(environment).bus,
    description: 'Notifications between replicas, rate limits',
    cacheUsageLimits: {
      dataStorage: { maximum: environment.bus.gigabytes, unit: 'GB' },
      ecpuPerSecond: { maximum: 15_000 },
    },
    kmsKeyId: key.keyArn,
    securityGroupIds: [groups.bus.securityGroupId],
    subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    userGroupId: users.ref,
  });
}

/** CloudFormation inserts the password when it creates the secret; the template contains only a reference to it. */
function urlOf(cache: CfnServerlessCache, password: Secret): SecretValue {
  const parts = [password.secretValue.unsafeUnwrap(), '@', cache.attrEndpointAddress, ':', cache.attrEndpointPort];
  return SecretValue.unsafePlainText(Fn.join('', [`rediss://${userName}:`, ...parts]));
}
