import { run } from '@marquee/chassis/process/run';
import { Show } from '@marquee/shows/model/show';
import { service } from '@marquee/shows/service';
import { addField } from '../added-field.js';

addField(Show);
await run(service);
