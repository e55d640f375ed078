/**
 * What Node is started with for every program of the system, here and in its image. With room for what is young a page
 * costs the gateway a quarter less processor time; the room is there from the start, and stays when there is little to
 * do. A gateway asks for small collections itself where it makes what stays (see its `engine/lasting.ts`).
 */
export const nodeOptions: readonly string[] = [
  '--enable-source-maps',
  '--expose-gc',
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
];
