/**
 * Environment variables of a gateway whose clients all have one address: its limits per caller and per address do not
 * apply to drills, benchmarks and tests with thousands of them.
 */
export const unlimitedLive = {
  CONNECTIONS_PER_ADDRESS: '20000',
  LIVE_SOCKETS_PER_CALLER: '20000',
  LIVE_SOCKETS_PER_ADDRESS: '20000',
  LIVE_STREAMS_PER_ADDRESS: '20000',
  LIVE_STREAMS_PER_CALLER: '20000',
};
