import type { MutantRow } from './mutants.js';

/** Errors in the completion of responses. */
export const completionMutants: readonly MutantRow[] = [
  [
    'leaf fields come before objects',
    'completion/complete-object.js',
    'const setters = fields.map(',
    'fields.sort((one, other) => one.selections.length - other.selections.length); const setters = fields.map(',
    'simple-keys',
  ],
  [
    '@skip is ignored',
    'completion/client-operation.js',
    'return conditionValue(directive, values) === true;',
    'return false;',
    'simple-keys',
  ],
  [
    'a condition with a default throws',
    'completion/client-operation.js',
    "if (typeof value === 'boolean') return value;",
    "if (typeof given === 'boolean') return given;",
    'simple-keys',
  ],
  [
    'null propagation stops one level too low',
    'completion/null-propagation.js',
    'if (completed === nulled) return propagateNull;',
    'if (completed === nulled) return nulled;',
    'simple-keys',
  ],
  [
    'null propagation passes a nullable field',
    'completion/complete-object.js',
    'return object === propagateNull ? nulled : object;',
    'return object;',
    'simple-keys',
  ],
  [
    'nulls are dropped from lists',
    'completion/null-propagation.js',
    'return isWhole ? items : nulled;',
    'return isWhole ? items.filter((item) => item !== null) : nulled;',
    'lists',
  ],
  [
    'decimals are rounded',
    'completion/complete-object.js',
    'object[name] = leaf;',
    "object[name] = typeof leaf === 'number' ? Math.round(leaf) : leaf;",
    'values',
  ],
  [
    'the values of enums are not checked',
    'completion/complete-value.js',
    "return (value) => typeof value === 'string' && names.has(value);",
    'return () => names.size > 0;',
    'inaccessible-fields',
  ],
  [
    'the objects behind a union or an interface have its type',
    'completion/complete-object.js',
    'const type = typename === undefined ? declared :',
    'const type = typename !== undefined ? declared :',
    'unions',
  ],
  [
    'a fragment on an abstract type loses the type of the object',
    'completion/collect-fields.js',
    'const narrowed = isObjectType(parent) ? parent : selectedOn;',
    'const narrowed = selectedOn;',
    'lists',
  ],
  [
    'the selections of a repeated field are not merged',
    'completion/collect-fields.js',
    'known.selections.push(...selections);',
    'known.selections = selections;',
    'simple-keys',
  ],
  [
    'onError NULL propagates nulls',
    'completion/compile-response.js',
    "completeNonNull: onError === 'NULL' ? keepNull : completeNonNull,",
    'completeNonNull,',
    'simple-keys',
  ],
];
