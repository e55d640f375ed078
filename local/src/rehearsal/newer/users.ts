import { run } from '@marquee/chassis/process/run';
import { User } from '@marquee/users/model/user';
import { service } from '@marquee/users/service';
import { addField } from '../added-field.js';

addField(User);
await run(service);
