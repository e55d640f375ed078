import { catchUp } from './catch-up.js';
import { deliveryScenarios } from './delivery-scenarios.js';
import { eventDelivery } from './event-delivery.js';
import { missedChanges } from './missed-changes.js';
import { privateStreams } from './private-streams.js';
import type { Scenario } from './scenario.js';
import { storeFailures } from './store-failures.js';

/** All drills of `npm run chaos`, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...deliveryScenarios,
  catchUp,
  privateStreams,
  missedChanges,
  eventDelivery,
  storeFailures,
];
