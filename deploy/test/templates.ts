import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A JSON value from a template, of a shape that only the test knows. */
export type Json = ReturnType<typeof JSON.parse>;

/** A resource of a template. References are resolved to `stack/Id.Attribute`. */
export interface Resource {
  stack: string;
  id: string;
  type: string;
  properties: Json;
}

interface Template {
  Resources: Record<string, { Type: string; Properties?: object }>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
  Parameters?: Record<string, { Default?: string }>;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Synthesizes as `npm run synth` does, in a process without credentials. */
export function synthesize(...names: string[]): void {
  const env = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  execFileSync(process.execPath, [join(root, 'dist/main.js'), ...names], { env, stdio: 'pipe' });
}

/** Queries on the templates of an environment. */
export type Templates = ReturnType<typeof openTemplates>;

export function openTemplates(name: string) {
  const all = resourcesOf(name);
  const stackOf = (part: string) => `marquee-${name}-${part}`;

  function ofType(type: string): Resource[] {
    return all.filter((resource) => resource.type === `AWS::${type}`);
  }

  /** Finds a resource by its construct id, without the hash that CDK appends. */
  function named(type: string, id: string, part?: string): Resource {
    const found = ofType(type)
      .filter(({ stack }) => part === undefined || stack === stackOf(part))
      .find((resource) => withoutDigest(resource.id) === id.replaceAll(/[^A-Za-z0-9]/g, ''));
    if (!found) throw new Error(`There is no ${type} with the id ${id}.`);
    return found;
  }

  function statementsOf(roleName: string): Json[] {
    const role = ofType('IAM::Role').find(({ properties }) => properties.RoleName === roleName);
    return ofType('IAM::Policy')
      .filter(({ properties }) => properties.Roles.includes(`${role?.stack}/${role?.id}`))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement);
  }

  /** All resources in the statements of a role. */
  function resourcesOfRole(roleName: string): string[] {
    const resources = statementsOf(roleName).flatMap((statement) => [statement.Resource].flat() as string[]);
    return [...new Set(resources.map(withoutDigest))].sort();
  }

  function containersOf(service: string): Json[] {
    const tasks = ofType('ECS::TaskDefinition').filter(({ stack }) => stack === stackOf(service));
    return tasks.flatMap(({ properties }) => properties.ContainerDefinitions);
  }

  function container(service: string, called = service): Json {
    return containersOf(service).find(({ Name }) => Name === called);
  }

  /** The stacks after which a part is deployed. */
  function dependenciesOf(part: string): string[] {
    return artifactsOf(name)[stackOf(part)]?.dependencies ?? [];
  }

  return { ofType, named, statementsOf, resourcesOfRole, containersOf, container, dependenciesOf };
}

/** The id of a construct without the hash that CDK appends. A whole ARN has none, except that of a distribution. */
function withoutDigest(id: string): string {
  return id.startsWith('arn:') && !id.includes(':distribution/') ? id : id.replace(/[0-9A-F]{8}(?=\.Arn$|$)/, '');
}

/** All resources of an environment. */
function resourcesOf(name: string): Resource[] {
  const templates = readTemplates(name);
  const exported = exportsOf(templates);
  return [...templates].flatMap(([stack, template]) =>
    Object.entries(template.Resources).map(([id, { Type, Properties = {} }]) => ({
      stack,
      id,
      type: Type,
      properties: resolved(Properties, stack, template, exported),
    })),
  );
}

/** The acknowledged findings with their reasons, by construct path. */
export function acknowledgedOf(name: string): { path: string; id: string; reason: string }[] {
  return metadataOf(name, 'aws:cdk:acknowledged-rules').flatMap(([path, rules]) =>
    Object.entries(rules).map(([id, reason]) => ({ path, id, reason: String(reason) })),
  );
}

/** The warnings, each of which would fail a deploy. */
export function warningsOf(name: string): string[] {
  return metadataOf(name, 'aws:cdk:warning').map(([, warning]) => warning);
}

/** The names of the values that a deploy of all stacks prints. */
export function outputsOf(name: string): string[] {
  return [...readTemplates(name).values()].flatMap(({ Outputs = {} }) => Object.keys(Outputs));
}

function metadataOf(name: string, wanted: string): [path: string, data: Json][] {
  const folder = join(root, 'cdk.out', name);
  const files = readdirSync(folder).filter((file) => file.endsWith('.metadata.json'));
  return files
    .flatMap((file) => Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Json[]>))
    .flatMap(([path, entries]) => entries.map(({ type, data }) => [path, type, data] as const))
    .filter(([, type]) => type === wanted)
    .map(([path, , data]) => [path, data]);
}

function readTemplates(name: string): Map<string, Template> {
  const folder = join(root, 'cdk.out', name);
  const stacks = Object.entries(artifactsOf(name)).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  return new Map(
    stacks.map(([stack, { properties }]) => [
      stack,
      JSON.parse(readFileSync(join(folder, properties.templateFile), 'utf8')),
    ]),
  );
}

function artifactsOf(name: string): Record<string, Json> {
  return JSON.parse(readFileSync(join(root, 'cdk.out', name, 'manifest.json'), 'utf8')).artifacts;
}

function exportsOf(templates: Map<string, Template>): Map<string, string> {
  const exported = new Map<string, string>();
  for (const [stack, template] of templates)
    for (const { Value, Export } of Object.values(template.Outputs ?? {}))
      if (Export) exported.set(Export.Name, String(resolved(Value, stack, template, exported)));
  return exported;
}

function parametersOf({ Parameters = {} }: Template): Map<string, { Default?: string }> {
  return new Map(Object.entries(Parameters));
}

function resolved(value: Json, stack: string, template: Template, exported: Map<string, string>): Json {
  const inner = (held: Json) => resolved(held, stack, template, exported);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  const [key, held] = Object.entries<Json>(value)[0] ?? [];
  if (key === 'Ref') return parametersOf(template).get(held)?.Default ?? `${stack}/${held}`;
  if (key === 'Fn::GetAtt') return Array.isArray(held) ? `${stack}/${held[0]}.${held[1]}` : `${stack}/${held}`;
  if (key === 'Fn::Join') return inner(held[1]).join(held[0]);
  if (key === 'Fn::ImportValue') return exported.get(held) ?? `export ${held}`;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, inner(of)]));
}
