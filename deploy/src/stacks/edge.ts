import { type App, Duration, type Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Environment } from '../environments.js';
import { logBucket } from '../log-bucket.js';
import { graphHost, namesOf, servicePort } from '../names.js';
import { output } from '../output.js';
import { deregistrationSeconds } from '../service/drain.js';
import { createStack } from '../stack.js';
import { hostedZone } from '../zone.js';
import { firewall } from './edge/firewall.js';
import type { Network } from './network.js';

export interface Edge {
  balancer: ApplicationLoadBalancer;
  targets: ApplicationTargetGroup;
}

/** The public entry point: a firewall, TLS, and a load balancer with the gateway as its only target. */
export function edge(app: App, environment: Environment, network: Network): Edge {
  const stack = createStack(app, environment, 'edge', 'The public entry point: firewall, TLS, load balancer, DNS');
  const balancer = createBalancer(stack, environment, network);
  const targets = gatewayTargets(stack, network);
  listen(stack, environment, balancer, targets);
  firewall(stack, environment, balancer);
  const target = RecordTarget.fromAlias(new LoadBalancerTarget(balancer));
  new ARecord(stack, 'Name', { zone: hostedZone(stack, environment), recordName: graphHost(environment), target });
  output(stack, 'GraphUrl', `https://${graphHost(environment)}/graphql`, 'The endpoint for clients');
  output(stack, 'BalancerName', balancer.loadBalancerDnsName, 'The load balancer, if the name does not resolve yet');
  return { balancer, targets };
}

function createBalancer(stack: Stack, environment: Environment, { vpc, groups }: Network): ApplicationLoadBalancer {
  const balancer = new ApplicationLoadBalancer(stack, 'Balancer', {
    loadBalancerName: namesOf(environment).prefix,
    vpc,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    internetFacing: true,
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', groups.edge.securityGroupId, { mutable: false }),
    // Longer than the gateway's ping interval (12 s), shorter than its keep-alive (65 s): the gateway never closes first.
    idleTimeout: Duration.seconds(60),
    dropInvalidHeaderFields: true,
    deletionProtection: environment.name !== 'dev',
  });
  balancer.logAccessLogs(logBucket(stack, environment, 'edge', ObjectOwnership.BUCKET_OWNER_ENFORCED));
  return balancer;
}

function gatewayTargets(stack: Stack, { vpc }: Network): ApplicationTargetGroup {
  return new ApplicationTargetGroup(stack, 'Gateway', {
    vpc,
    targetType: TargetType.IP,
    port: servicePort,
    protocol: ApplicationProtocol.HTTP,
    deregistrationDelay: Duration.seconds(deregistrationSeconds),
    healthCheck: {
      path: '/ready',
      interval: Duration.seconds(5),
      timeout: Duration.seconds(4),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
    },
  });
}

function listen(
  stack: Stack,
  environment: Environment,
  balancer: ApplicationLoadBalancer,
  targets: ApplicationTargetGroup,
): void {
  const certificate = new Certificate(stack, 'Certificate', {
    domainName: graphHost(environment),
    validation: CertificateValidation.fromDns(hostedZone(stack, environment)),
  });
  new ApplicationListener(stack, 'Https', {
    loadBalancer: balancer,
    port: 443,
    protocol: ApplicationProtocol.HTTPS,
    sslPolicy: SslPolicy.TLS13_RES,
    certificates: [certificate],
    open: false,
    defaultAction: ListenerAction.forward([targets]),
  });
  new ApplicationListener(stack, 'Http', {
    loadBalancer: balancer,
    port: 80,
    protocol: ApplicationProtocol.HTTP,
    open: false,
    defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
}
