import { run } from '@marquee/chassis/process/run-service';
import { Show } from '@marquee/shows/shows/show-model';
import { service } from '@marquee/shows/service';
import { addField } from '../added-field.js';

addField(Show);
await run(service);
