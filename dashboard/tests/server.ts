import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request as it arrived. */
export interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

export interface Served {
  readonly url: string
  readonly arrived: Arrived[]
}

/** What closes the connection without an answer. */
export const NO_ANSWER = Symbol('no answer')

/** Serve HTTP for one test. */
export async function serve(
  answer: (request: Arrived) => Answer | typeof NO_ANSWER | Promise<Answer>,
): Promise<Served> {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: await text(request) }
    arrived.push(one)
    const given = await answer(one)
    if (given === NO_ANSWER) {
      request.socket.destroy()
      return
    }
    response.writeHead(given.status ?? 200, {
      'Content-Type': 'application/json',
      ...given.headers,
    })
    response.end(given.body === undefined ? '' : JSON.stringify(given.body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, arrived }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
