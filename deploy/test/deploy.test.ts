import { beforeAll } from '@jest/globals';
import { synthesizeAll } from './synthesized.js';
import './assertions/alarms.js';
import './assertions/network.js';
import './assertions/roles.js';
import './assertions/stores.js';
import './assertions/tasks.js';

// A single test file, because synthesizing the templates takes longer than all assertions together.
beforeAll(synthesizeAll, 120_000);
