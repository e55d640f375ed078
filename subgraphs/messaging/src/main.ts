import { run } from '@marquee/chassis/process/run';
import { service } from './service.js';

await run(service);
