import { beforeAll } from '@jest/globals';
import { synthesizeAll } from './synthesized.js';
import './claims/alarms.js';
import './claims/network.js';
import './claims/rights.js';
import './claims/stores.js';
import './claims/tasks.js';

// One file for all claims: the templates are made once for them, and that takes longer than the rest.
beforeAll(synthesizeAll, 120_000);
