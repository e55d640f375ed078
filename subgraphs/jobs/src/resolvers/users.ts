import { Resolver } from 'type-graphql';
import { User } from '../model/user.js';

@Resolver(() => User)
export class UserResolver {}
