import { Items } from '../src/api/items'
import { Menu } from '../src/menu/menu'
import { client, refused } from './api'
import { type Answer, type Arrived, type NO_ANSWER, serve } from './server'

/** What a test makes of a request; nothing: it is answered as the API would. */
export type Interference = (request: Arrived) => Answer | typeof NO_ANSWER | undefined

interface Stored {
  id: number
  name: string
  price: number
  description: string
  image: string
}

export const SOUP = { name: 'Soup', price: 4.5, description: 'Hot', image: 'https://a.example/s' }

/** A small API with a menu of its own, and the page's menu on top of it. */
export async function kitchen(names: readonly string[] = ['Burger', 'Pizza', 'Tea']) {
  const stored = new Map<string, Stored>()
  for (const [at, name] of names.entries()) {
    stored.set(String(at + 1), { id: at + 1, ...SOUP, name })
  }
  const state = { interference: (() => undefined) as Interference, stored }
  const { url, arrived } = await serve(
    (request) => state.interference(request) ?? answered(stored, request),
  )
  const menu = new Menu(new Items(client(url).api))
  return { menu, arrived, state, url }
}

export const names = (menu: Menu) => menu.state.get().shown.map(({ item }) => item.name)

export function etag(item: Stored): string {
  return `"${item.name} ${item.price}"`
}

function answered(stored: Map<string, Stored>, request: Arrived): Answer {
  const { pathname, searchParams } = new URL(request.path, 'http://api')
  if (pathname === '/items' && request.method === 'GET') return page(stored, searchParams)
  if (pathname === '/items') return added(stored, request)
  const id = pathname.split('/')[2] ?? ''
  const item = stored.get(id)
  if (!item) return refused(404, 'not_found')
  if (request.method !== 'GET' && request.headers['if-match'] !== etag(item)) {
    return refused(412, 'precondition_failed')
  }
  if (request.method === 'DELETE') {
    stored.delete(id)
    return { status: 204 }
  }
  const now = request.method === 'PUT' ? { ...JSON.parse(request.body).item, id: item.id } : item
  stored.set(id, now)
  return { headers: { ETag: etag(now) }, body: now }
}

function page(stored: Map<string, Stored>, query: URLSearchParams): Answer {
  const limit = Number(query.get('limit'))
  const after = Number(query.get('after') ?? 0)
  const rest = [...stored].filter(([id]) => Number(id) > after)
  const shown = rest.slice(0, limit)
  const next = `</items?limit=${limit}&after=${shown.at(-1)?.[0]}>; rel="next"`
  return {
    body: Object.fromEntries(shown),
    headers: rest.length > shown.length ? { Link: next } : {},
  }
}

function added(stored: Map<string, Stored>, { body }: Arrived): Answer {
  const id = Math.max(0, ...[...stored.keys()].map(Number)) + 1
  const item = { ...JSON.parse(body).item, id }
  stored.set(String(id), item)
  return { status: 201, body: item, headers: { Location: `/items/${id}`, ETag: etag(item) } }
}
