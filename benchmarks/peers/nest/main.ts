import 'reflect-metadata'

import { ValidationPipe, type INestApplication } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'

import { AppModule } from './app.module.js'

const app: INestApplication = await NestFactory.create(
  AppModule,
  process.env.PLATFORM === 'fastify' ? new FastifyAdapter() : new ExpressAdapter()
)
app.useGlobalPipes(new ValidationPipe({ whitelist: true }))
await app.listen(Number(process.env.PORT), '127.0.0.1')
