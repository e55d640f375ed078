import { type IPublicHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Environment } from './environments.js';

/** The environment's hosted zone, which is created by hand: certificates are validated through it. */
export function hostedZone(scope: Construct, { zone }: Environment): IPublicHostedZone {
  const existing = scope.node.tryFindChild('Zone');
  if (existing) return existing as unknown as IPublicHostedZone;
  return PublicHostedZone.fromPublicHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name });
}
