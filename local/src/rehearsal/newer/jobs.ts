import { run } from '@marquee/chassis/process/run';
import { TaxonomyTerm } from '@marquee/jobs/model/taxonomy-term';
import { service } from '@marquee/jobs/service';
import { addField } from '../added-field.js';

addField(TaxonomyTerm);
await run(service);
