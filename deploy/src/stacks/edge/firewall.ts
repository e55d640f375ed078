import type { Stack } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Environment } from '../../environments.js';
import { logGroup } from '../../log-group.js';
import { namesOf } from '../../names.js';
import { firewallLimits, firewallWindowSeconds } from '../../rate-limits.js';

interface ManagedRules {
  name: string;
  /** Whether its rules inspect the content of requests, not only their sender. */
  inspectsContent: boolean;
  /** Rules that only count, because valid requests match them. */
  counted: readonly string[];
}

/**
 * No rule inspects GraphQL: texts of people, HTML of shows and URLs in variables look like attacks to it, and the services
 * validate them. Clients without a user agent, such as programs and health checks, are valid everywhere.
 */
const managed: readonly ManagedRules[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', inspectsContent: false, counted: [] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', inspectsContent: true, counted: [] },
  { name: 'AWSManagedRulesCommonRuleSet', inspectsContent: true, counted: ['NoUserAgent_HEADER'] },
];

/** Blocks floods and known malicious requests before they reach the gateway. The limits of the gateway are lower. */
export function firewall(stack: Stack, environment: Environment, balancer: ApplicationLoadBalancer): void {
  const acl = new CfnWebACL(stack, 'Firewall', {
    name: namesOf(environment).webAcl,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('firewall'),
    rules: [...rates(), ...managed.map(managedRule)],
  });
  new CfnWebACLAssociation(stack, 'FirewallOfBalancer', {
    resourceArn: balancer.loadBalancerArn,
    webAclArn: acl.attrArn,
  });
  logMatches(stack, environment, acl);
}

/** Limits each address, and each access token: callers behind one address have a limit of their own. */
function rates(): CfnWebACL.RuleProperty[] {
  const { caller, address } = firewallLimits;
  const authorization = { name: 'authorization', textTransformations: [{ priority: 0, type: 'NONE' }] };
  return [
    rate('rate-per-address', 0, { limit: address, aggregateKeyType: 'IP' }),
    rate('rate-per-caller', 1, {
      limit: caller,
      aggregateKeyType: 'CUSTOM_KEYS',
      customKeys: [{ header: authorization }],
    }),
  ];
}

function rate(name: string, priority: number, limit: CfnWebACL.RateBasedStatementProperty): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement: { ...limit, evaluationWindowSec: firewallWindowSeconds } },
    visibilityConfig: visible(name),
  };
}

function managedRule({ name, inspectsContent, counted }: ManagedRules, index: number): CfnWebACL.RuleProperty {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    priority: index + 10,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        ...{ vendorName: 'AWS', name, ruleActionOverrides },
        ...(inspectsContent && { scopeDownStatement: notGraphql }),
      },
    },
    visibilityConfig: visible(name),
  };
}

/** Matches requests to all paths but those of GraphQL, such as `/graphql` and `/partner/graphql`. */
const notGraphql: CfnWebACL.StatementProperty = {
  notStatement: {
    statement: {
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'ENDS_WITH',
        searchString: '/graphql',
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  },
};

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
