import { describe, expect, test } from 'vitest'
import { Refused, SessionEnded, SignInUnreachable, Unreachable } from '../src/api/errors'
import { CountedTokens, client, refused } from './api'
import { NO_ANSWER, serve } from './server'

const CHANGE = { method: 'PUT', path: 'items/1', body: { item: {} }, ifMatch: '"v1"' } as const

describe('requests', () => {
  test('a read carries no token', async () => {
    const { url, arrived } = await serve(() => ({ body: {} }))
    await client(url).api.read('items')
    expect(arrived[0]?.headers.authorization).toBeUndefined()
  })

  test('a change carries the token, the version and JSON', async () => {
    const { url, arrived } = await serve(() => ({ body: {} }))
    await client(url).api.change(CHANGE)
    expect(arrived[0]).toMatchObject({ method: 'PUT', path: '/items/1', body: '{"item":{}}' })
    expect(arrived[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'if-match': '"v1"',
      'content-type': 'application/json',
    })
  })

  test('an API below a path keeps the path', async () => {
    const { url, arrived } = await serve(() => ({ body: {} }))
    await client(`${url}/menu/v1`).api.read('items?limit=1')
    expect(arrived[0]?.path).toBe('/menu/v1/items?limit=1')
  })
})

describe('refusals', () => {
  test('a refusal has status, code, detail and the errors of fields', async () => {
    const errors = { name: ['Too long.', 'Not text.'], price: 'Odd.' }
    const { url } = await serve(() => refused(422, 'invalid', { errors }))
    await expect(client(url).api.change(CHANGE)).rejects.toMatchObject({
      status: 422,
      code: 'invalid',
      detail: 'No.',
      fields: { name: 'Too long. Not text.', price: 'Odd.' },
    })
  })

  test.each(['<html>', '[]', 'null', '7'])('a body such as %s is a refusal too', async (body) => {
    const { url } = await serve(() => ({ status: 502, body: body as unknown }))
    await expect(client(url).api.read('items')).rejects.toMatchObject({ status: 502, code: '' })
  })

  test('no answer is no refusal, and nothing is sent twice', async () => {
    const { url, arrived } = await serve(() => NO_ANSWER)
    const call = { method: 'POST', path: 'items', body: {} } as const
    await expect(client(url).api.change(call)).rejects.toBeInstanceOf(Unreachable)
    expect(arrived).toHaveLength(1)
  })
})

describe('a refused token', () => {
  const accepts = (token: string) =>
    serve(({ headers }) =>
      headers.authorization === `Bearer ${token}` ? { body: {} } : refused(401, 'token_expired'),
    )

  test('is renewed, and the request sent again', async () => {
    const { url, arrived } = await accepts('token-2')
    expect((await client(url).api.change(CHANGE)).status).toBe(200)
    expect(arrived.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  test('is renewed once for requests of the same time', async () => {
    const { url } = await accepts('token-2')
    const tokens = new CountedTokens()
    const { api } = client(url, tokens)
    await Promise.all([api.change(CHANGE), api.change(CHANGE), api.change(CHANGE)])
    expect(tokens.renewals).toBe(1)
  })

  test('is not renewed for a request that was on its way while another renewed it', async () => {
    let release = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    const { url } = await serve(async ({ path, headers }) => {
      if (headers.authorization === 'Bearer token-2') return { body: {} }
      if (path === '/slow') await held
      return refused(401, 'token_expired')
    })
    const tokens = new CountedTokens()
    const { api } = client(url, tokens)
    const slow = api.change({ method: 'PUT', path: 'slow' })
    await api.change(CHANGE)
    release()
    await slow
    expect(tokens.renewals).toBe(1)
  })

  test('ends the session if the new one is refused too', async () => {
    const { url, arrived } = await accepts('another')
    const error = await client(url)
      .api.change(CHANGE)
      .catch((error) => error)
    expect(error).toBeInstanceOf(SessionEnded)
    expect(error.code).toBe('token_expired')
    expect(arrived).toHaveLength(2)
  })

  test('ends nothing if the sign-in service does not answer', async () => {
    const { url } = await accepts('token-2')
    const tokens = {
      accessToken: async (fresh: boolean) => {
        if (fresh) throw new SignInUnreachable()
        return 'token-1'
      },
    }
    await expect(client(url, tokens).api.change(CHANGE)).rejects.toBeInstanceOf(SignInUnreachable)
  })

  test('can be renewed again after a renewal that failed', async () => {
    const { url } = await accepts('token-3')
    let attempts = 0
    const tokens = {
      accessToken: async (fresh: boolean) => {
        if (fresh && ++attempts === 1) throw new SignInUnreachable()
        return fresh ? 'token-3' : 'token-1'
      },
    }
    const { api } = client(url, tokens)
    await expect(api.change(CHANGE)).rejects.toBeInstanceOf(SignInUnreachable)
    expect((await api.change(CHANGE)).status).toBe(200)
  })
})

describe('an API that cannot answer now', () => {
  const busy = (times: number, status: number, headers: Record<string, string> = {}) => {
    let left = times
    return serve(() => (left-- > 0 ? { ...refused(status, 'busy'), headers } : { body: {} }))
  }

  test.each([503, 429])('is asked again after the time that it names: %i', async (status) => {
    const { url } = await busy(2, status, { 'Retry-After': '7' })
    const { api, pauses } = client(url)
    expect((await api.change(CHANGE)).status).toBe(200)
    expect(pauses).toEqual([
      { seconds: 7, attempt: 1, of: 3 },
      { seconds: 7, attempt: 2, of: 3 },
    ])
  })

  test('is asked again ever later if it names no time, and then no more', async () => {
    const { url, arrived } = await busy(9, 503)
    const { api, pauses } = client(url)
    await expect(api.read('items')).rejects.toMatchObject({ status: 503 })
    expect(pauses.map(({ seconds }) => seconds)).toEqual([1, 2, 4])
    expect(arrived).toHaveLength(4)
  })

  test('is not asked to add an item again without a time: it may have done so', async () => {
    const { url, arrived } = await busy(1, 503)
    const call = { method: 'POST', path: 'items', body: {} } as const
    await expect(client(url).api.change(call)).rejects.toMatchObject({ status: 503 })
    expect(arrived).toHaveLength(1)
  })

  test('is asked again without a time to change the version that the user saw', async () => {
    const { url, arrived } = await busy(1, 503)
    expect((await client(url).api.change(CHANGE)).status).toBe(200)
    expect(arrived).toHaveLength(2)
  })

  test('is not waited for longer than a user would', async () => {
    const { url, arrived } = await busy(1, 429, { 'Retry-After': '3600' })
    const error = await client(url)
      .api.change(CHANGE)
      .catch((error) => error)
    expect(error).toBeInstanceOf(Refused)
    expect(error.retryAfter).toBe(3600)
    expect(arrived).toHaveLength(1)
  })

  test('may name a date', async () => {
    const date = new Date(Date.now() + 5_000).toUTCString()
    const { url } = await busy(1, 503, { 'Retry-After': date })
    const { api, pauses } = client(url)
    await api.read('items')
    expect(pauses[0]?.seconds).toBeGreaterThanOrEqual(4)
    expect(pauses[0]?.seconds).toBeLessThanOrEqual(5)
  })
})
