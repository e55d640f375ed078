import 'reflect-metadata';
import { Field, ID, InterfaceType } from 'type-graphql';

/**
 * The interface of the objects that clients may read by `Query.node` (Relay, "Global Object Identification"). A type
 * implements it if its reference resolver returns only objects that the caller may see: `@ObjectType({ implements: Node })`.
 */
@InterfaceType({ description: 'An object that can be read again by its id alone, with `Query.node`.' })
export abstract class Node {
  @Field(() => ID, { description: 'Opaque, stable identifier, unique among the objects of all types.' })
  id!: string;
}
