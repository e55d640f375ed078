/**
 * What Node is started with for every program of the system, here and in its image. With more room for what is young a
 * request costs less (a sixth of a page's processor time at 32 MB), but what a gateway makes of a new supergraph is then
 * moved in turns that hold the loop for twice the 10 ms that it may be held; 8 MB cost what Node's 16 do.
 */
export const nodeOptions: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=8'];
