import type { App } from 'aws-cdk-lib';
import { acknowledge } from '../acknowledgements.js';
import { type Environment, hasPreviews } from '../environments.js';
import { logGroup } from '../log-group.js';
import { servicePort, subgraphNames } from '../names.js';
import { taskRoles } from '../service/roles.js';
import { runService } from '../service/service.js';
import { serviceTask } from '../service/task.js';
import { gatewayRates } from '../rate-limits.js';
import { createStack } from '../stack.js';
import { busPrefix } from './bus.js';
import type { Edge } from './edge.js';
import { trustedDocumentStatements, trustedDocumentVariables } from './gateway/trusted-documents.js';
import type { Identity } from './identity.js';
import {
  partnerChangesAddress,
  partnerSupergraphAddress,
  registryAddress,
  registryFindings,
  registryStatements,
  supergraphAddress,
} from './registry.js';
import type { Foundation } from './subgraph.js';

/** Creates the gateway: the only target of the load balancer, and the only client of the subgraphs. */
export function gateway(app: App, foundation: Foundation, edge: Edge, identity: Identity): void {
  const { environment, network, data, bus } = foundation;
  const name = 'gateway';
  const stack = createStack(app, environment, name, 'The gateway');
  const logs = logGroup(stack, environment, name);
  const secrets = { CALLER_SIGNING_KEY: data.secrets.callerSigningKey, REDIS_URL: bus.url };
  const reads = [...registryStatements(stack, environment), ...trustedDocumentStatements(stack, environment)];
  const grants = { task: reads, secrets: Object.values(secrets) };
  const plan = { name, environment, logs, roles: taskRoles(stack, environment, name, grants) } as const;
  acknowledge(plan.roles.task, registryFindings(environment));
  const task = serviceTask(stack, plan, { variables: variables(environment, identity), secrets, parameters: {} });
  const service = runService(stack, task, { environment, name, network, logs, group: network.groups.gateway });
  service.attachToApplicationTargetGroup(edge.targets);
}

function variables(environment: Environment, identity: Identity): Record<string, string> {
  const addresses = subgraphNames.map((name) => [name, `http://${name}:${servicePort}/graphql`]);
  return {
    SUPERGRAPH: supergraphAddress(environment),
    PARTNER_SUPERGRAPH: partnerSupergraphAddress(environment),
    PARTNER_CHANGES: partnerChangesAddress(environment),
    PARTNER_CLIENT_IDS: identity.partnerClientId,
    TOKEN_URL: identity.tokenUrl,
    EXAMPLES: '/app/examples',
    ...trustedDocumentVariables(environment),
    USAGE_REGISTRY: registryAddress(environment),
    ...(hasPreviews(environment) && { PREVIEW_REGISTRY: registryAddress(environment) }),
    AWS_REGION: environment.region,
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(addresses)),
    COGNITO_ISSUER: identity.issuer,
    COGNITO_CLIENT_IDS: identity.clientIds.join(','),
    SCOPE_PREFIX: identity.scopePrefix,
    CORS_ORIGINS: environment.webOrigins.join(','),
    BUS_PREFIX: busPrefix,
    RATE_PER_CALLER: String(gatewayRates.caller),
    RATE_PER_ADDRESS: String(gatewayRates.address),
    // The load balancer appends the client's address to X-Forwarded-For.
    TRUSTED_PROXIES: '1',
    EXPLORER: 'scope',
  };
}
