import { Module } from '@nestjs/common'
import { PassportModule } from '@nestjs/passport'

import { ItemsController } from './items.controller.js'
import { JwtStrategy } from './jwt.strategy.js'

@Module({
  imports: [PassportModule.register({ defaultStrategy: 'jwt' })],
  controllers: [ItemsController],
  providers: [JwtStrategy]
})
export class AppModule {}
