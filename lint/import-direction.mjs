import { dirname, relative, resolve } from 'node:path';

/** Files of the engine that describe its input and output, and loop tuning; they import no other part of it. */
const engineBase = [
  'document-definitions',
  'fair-queue',
  'fetcher',
  'incremental-directives',
  'json-object',
  'loop-throttle',
  'missing-entity',
  'node-interface',
  'operation-context',
  'operation-trace',
  'requesters',
  'work-meter',
].map((file) => `engine/${file}`);

/** Which folder (or file) of `gateway/src` may import which others. The longest matching name counts. */
export const gatewayImports = {
  'limit-settings': [],
  config: ['limit-settings'],
  supergraph: ['config'],
  ...Object.fromEntries(engineBase.map((file) => [file, engineBase])),
  'engine/completion': engineBase,
  'engine/fetcher': [...engineBase, 'engine/caching'],
  'engine/caching': [...engineBase, 'engine/completion'],
  'engine/executor': [...engineBase, 'engine/caching'],
  'engine/planner': [...engineBase, 'engine/caching', 'engine/completion', 'engine/executor'],
  engine: ['engine', 'supergraph'],
  nodes: ['admission/authorization', 'engine'],
  upstream: ['config', 'engine'],
  'entity-cache': ['config', 'engine'],
  admission: ['config', 'engine', 'supergraph'],
  identity: ['admission', 'config', 'upstream'],
  live: ['admission', 'config', 'engine', 'identity', 'upstream'],
  http: ['admission', 'config', 'engine', 'identity', 'live', 'upstream'],
  pages: ['admission', 'config', 'engine', 'http/cors', 'identity', 'supergraph/supergraph-source'],
  unsubscribe: ['pages', 'upstream'],
  usage: ['admission', 'config', 'engine', 'identity', 'supergraph'],
  'served-graph': ['admission', 'config', 'engine', 'entity-cache', 'nodes', 'supergraph', 'upstream', 'usage'],
  partner: ['admission', 'config', 'engine', 'entity-cache', 'http', 'identity', 'served-graph', 'upstream', 'usage'],
  preview: ['admission', 'config', 'entity-cache', 'http', 'identity', 'served-graph', 'upstream', 'usage'],
  service: [
    'preview',
    ...['admission', 'config', 'entity-cache', 'http', 'identity', 'pages', 'partner', 'served-graph', 'upstream'],
    'unsubscribe',
    'usage',
  ],
  main: ['service'],
};

/**
 * An ESLint rule that enforces a table of imports between the folders of a source tree.
 * @param root the source tree
 * @param table by folder or file, the folders and files that it may import in addition to itself
 */
export function importDirection(root, table) {
  return {
    meta: { type: 'problem', schema: [] },
    create(context) {
      const file = relative(root, context.filename);
      const from = unitOf(file, table);
      const check = ({ source }) => {
        if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
        const target = relative(root, resolve(root, dirname(file), source.value));
        if (target.startsWith('..')) return;
        if (from === undefined)
          context.report({
            node: source,
            message: `Add "${file}" to the table of imports in lint/import-direction.mjs.`,
          });
        else if (![from, ...table[from]].some((name) => isWithin(target, name)))
          context.report({ node: source, message: `${from} may not import ${target}: see lint/import-direction.mjs.` });
      };
      return {
        ImportDeclaration: check,
        ExportNamedDeclaration: check,
        ImportExpression: check,
        TSImportType: check,
      };
    },
  };
}

function unitOf(file, table) {
  const names = Object.keys(table).filter((name) => isWithin(file, name));
  return names.sort((one, other) => other.length - one.length)[0];
}

function isWithin(path, name) {
  return path.startsWith(`${name}/`) || path.replace(/\.\w+$/, '') === name;
}
