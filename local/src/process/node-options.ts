/**
 * What Node is started with for every program of the system, here and in its image. Nearly all that a request makes is
 * garbage at its end: with more room for what is young, less of it is copied before it goes (a fifth of a page's cost).
 */
export const nodeOptions: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=32'];
