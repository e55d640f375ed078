import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Environment } from './environments.js';

/** The environment's names in DNS. The zone exists before: certificates are proven through it. */
export function hostedZone(scope: Construct, { zone }: Environment): IHostedZone {
  const known = scope.node.tryFindChild('Zone');
  if (known) return known as unknown as IHostedZone;
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name });
}
