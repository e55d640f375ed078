import type { GraphQLError } from 'graphql';

/**
 * The completion errors that no subgraph error explains. An error of a subgraph explains the null at its own path, those
 * below it, which it emptied, and those above it, if the subgraph itself propagated the null.
 *
 * @param placeOf the path of the null in the response that an error of this path caused
 */
export function uncoveredErrors(
  found: readonly GraphQLError[],
  sent: readonly GraphQLError[],
  placeOf: (path: readonly (string | number)[]) => readonly (string | number)[],
): GraphQLError[] {
  if (found.length === 0 || sent.some(({ path }) => path === undefined)) return [];
  const known: PathNode = { isEnd: false, children: new Map() };
  for (const { path = [] } of sent) addPath(known, path);
  return found.filter(({ path = [] }) => !isCovered(known, placeOf(path)));
}

/** The paths of errors as a tree, for there may be many. */
interface PathNode {
  isEnd: boolean;
  children: Map<string | number, PathNode>;
}

/** An error of all entities of a request has a path that names no single one: it explains everything below. */
function addPath(root: PathNode, path: readonly (string | number)[]): void {
  let node = root;
  for (const part of path) {
    if (part === '@' || part === '_entities') break;
    const child = node.children.get(part) ?? { isEnd: false, children: new Map() };
    node.children.set(part, child);
    node = child;
  }
  node.isEnd = true;
}

/** Whether one of the paths begins with the other. */
function isCovered(root: PathNode, path: readonly (string | number)[]): boolean {
  let node: PathNode | undefined = root;
  for (const part of path) {
    if (node.isEnd) return true;
    node = node.children.get(part);
    if (!node) return false;
  }
  return true;
}
