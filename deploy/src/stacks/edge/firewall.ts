import type { Stack } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Environment } from '../../environments.js';
import { logGroup } from '../../log-group.js';
import { namesOf } from '../../names.js';

/** The limit of requests per address in five minutes. The gateway has finer limits, also per caller. */
const requestsPerAddress = 6_000;

interface ManagedRules {
  name: string;
  /** Rules that only count, because valid requests match them. */
  counted: readonly string[];
}

const managed: readonly ManagedRules[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
  // An import of shows is about 1 MB and contains HTML, which the service sanitizes.
  { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY'] },
];

/** Blocks known malicious requests before they reach the gateway. */
export function firewall(stack: Stack, environment: Environment, balancer: ApplicationLoadBalancer): void {
  const acl = new CfnWebACL(stack, 'Firewall', {
    name: namesOf(environment).webAcl,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('firewall'),
    rules: [rate(), ...managed.map(managedRule)],
  });
  new CfnWebACLAssociation(stack, 'FirewallOfBalancer', {
    resourceArn: balancer.loadBalancerArn,
    webAclArn: acl.attrArn,
  });
  logMatches(stack, environment, acl);
}

function rate(): CfnWebACL.RuleProperty {
  return {
    name: 'rate',
    priority: 0,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement: { limit: requestsPerAddress, aggregateKeyType: 'IP' } },
    visibilityConfig: visible('rate'),
  };
}

function managedRule({ name, counted }: ManagedRules, index: number): CfnWebACL.RuleProperty {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    priority: index + 1,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } },
    visibilityConfig: visible(name),
  };
}

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

/** Logs blocked and counted requests with the matching rule, without tokens. */
function logMatches(stack: Stack, environment: Environment, acl: CfnWebACL): void {
  // WAF requires this prefix.
  const group = logGroup(stack, environment, 'firewall', `aws-waf-logs-${namesOf(environment).prefix}`);
  new CfnLoggingConfiguration(stack, 'FirewallLog', {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [group.logGroupArn],
    redactedFields: ['authorization', 'cookie'].map((name) => ({ singleHeader: { Name: name } })),
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: ['BLOCK', 'COUNT'].map((Action) => ({ ActionCondition: { Action } })),
        },
      ],
    },
  });
}
