import { beforeAll } from '@jest/globals';
import { synthesizeAll } from './synthesized.js';
import './assertions/alarm-assertions.js';
import './assertions/event-assertions.js';
import './assertions/mail-assertions.js';
import './assertions/network-assertions.js';
import './assertions/role-assertions.js';
import './assertions/store-assertions.js';
import './assertions/task-assertions.js';

// A single test file, because synthesizing the templates takes longer than all assertions together.
beforeAll(synthesizeAll);
