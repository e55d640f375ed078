import { run } from '@marquee/chassis/process/run-service';
import { User } from '@marquee/users/people/user-model';
import { service } from '@marquee/users/service';
import { addField } from '../added-field.js';

addField(User);
await run(service);
