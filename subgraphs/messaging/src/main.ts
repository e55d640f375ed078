import { run } from '@marquee/chassis/process/run-service';
import { service } from './service.js';

await run(service);
