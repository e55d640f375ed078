import { findDirectives } from '@marquee/chassis/graphql/directives';
import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import { type DocumentNode, Kind, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode } from 'graphql';
import { type ConformCheck, type KnownSubgraph, send, Skipped, Violation } from './target.js';

/** Requirements on entities. */
export const entityChecks: readonly ConformCheck[] = [
  { title: 'references to entities that do not exist are answered one by one', run: checkReferences },
];

const query = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }';

async function checkReferences(target: KnownSubgraph): Promise<void> {
  const references = referencesIn(target.document);
  if (references.length === 0) throw new Skipped('it has no entity with a key of plain fields');
  for (const reference of references) {
    const representations = [reference, reference];
    const { status, body } = await send(target, query, { variables: { representations } });
    const entities = body.data?.['_entities'];
    const type = String(reference['__typename']);
    if (status >= 500) throw new Violation(`${type}: expected 200, got ${status}`);
    if (!Array.isArray(entities) || entities.length !== representations.length)
      throw new Violation(`${type}: expected 2 entries in _entities, got ${JSON.stringify(body).slice(0, 200)}`);
  }
}

type ObjectType = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

/** A reference for every entity whose key consists of plain fields. */
function referencesIn({ definitions }: DocumentNode): Record<string, unknown>[] {
  const types = definitions.filter(
    (one): one is ObjectType => one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION,
  );
  return types.flatMap((type) => {
    const key = findDirectives(type, 'key').find(
      ({ fields, resolvable }) => resolvable !== false && /^[\w\s,]+$/.test(String(fields)),
    );
    const values =
      key &&
      valuesOf(
        type,
        String(key['fields'])
          .split(/[\s,]+/)
          .filter(Boolean),
      );
    return values ? [{ __typename: type.name.value, ...values }] : [];
  });
}

/** Values that no entity has; undefined if the subgraph has a scalar of its own in the key. */
function valuesOf(type: ObjectType, names: readonly string[]): Record<string, unknown> | undefined {
  const values = names.map((name) => {
    const field = type.fields?.find((one) => one.name.value === name);
    const scalar = field && namedTypeOf(field.type);
    if (scalar === 'ID' || scalar === 'String') return [name, 'conform-missing'];
    return scalar === 'Int' ? [name, 2_147_483_647] : undefined;
  });
  return values.every((value) => value !== undefined)
    ? (Object.fromEntries(values) as Record<string, unknown>)
    : undefined;
}
