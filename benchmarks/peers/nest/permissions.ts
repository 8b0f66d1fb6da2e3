import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

import type { Claims } from './jwt.strategy.js'

/** Name the permissions that a route needs. */
export const Permissions = (...names: string[]) => SetMetadata('permissions', names)

/** Lets pass who has them. */
@Injectable()
export class PermissionsGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const needed = this.reflector.get<string[]>('permissions', context.getHandler()) ?? []
    const { user } = context.switchToHttp().getRequest<{ user: Claims }>()
    return needed.every((name) => user.permissions?.includes(name))
  }
}
