import type { Finding } from '@marquee/local/doctor/examination';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import { firewallLimits as limits, firewallWindowSeconds, gatewayRates } from '../rate-limits.js';
import type { Aws } from '../secrets/aws.js';

interface Rule {
  Name: string;
  Statement: { RateBasedStatement?: { Limit: number; EvaluationWindowSec?: number } };
}

/** Whether the limits of the firewall are above those that the gateway promises to callers and addresses. */
export async function firewallLimits(aws: Aws, environment: Environment): Promise<Finding> {
  const remedy = `npm run deploy -- ${environment.name} edge`;
  const rules = await readRules(aws, namesOf(environment).webAcl);
  if (!rules) return { lack: 'there is no firewall', remedy };
  for (const kind of ['caller', 'address'] as const) {
    const rate = rules.find(({ Name }) => Name === `rate-per-${kind}`)?.Statement.RateBasedStatement;
    if (!rate) return { lack: `it has no limit per ${kind}`, remedy };
    const perSecond = rate.Limit / (rate.EvaluationWindowSec ?? firewallWindowSeconds);
    if (perSecond < gatewayRates[kind])
      return { lack: `it allows ${perSecond} requests/s per ${kind}, the gateway ${gatewayRates[kind]}`, remedy };
  }
  return { found: `${limits.caller} per caller and ${limits.address} per address in ${firewallWindowSeconds} s` };
}

async function readRules(aws: Aws, name: string): Promise<Rule[] | undefined> {
  const scope = { Scope: 'REGIONAL' };
  const { WebACLs } = await aws<{ WebACLs: { Name: string; Id: string }[] }>('wafv2', 'list-web-acls', scope);
  const found = WebACLs.find(({ Name }) => Name === name);
  if (!found) return undefined;
  const input = { ...scope, Name: name, Id: found.Id };
  return (await aws<{ WebACL: { Rules: Rule[] } }>('wafv2', 'get-web-acl', input)).WebACL.Rules;
}
