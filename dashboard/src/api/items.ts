import type { Item, ItemValues } from '../menu/item'
import type { ApiClient } from './client'
import { Unreachable } from './errors'
import { nextPage } from './link'

/** An item with the tag of its version, which a change must name. */
export interface Versioned {
  readonly item: Item
  readonly etag: string | undefined
}

export interface Page {
  readonly items: readonly Item[]
  /** The address of the page that follows, if one does. */
  readonly next: string | undefined
}

/** How many items a page holds. */
const PAGE = 48

/** The API's routes. */
export class Items {
  constructor(private readonly client: ApiClient) {}

  /** @param address of a page that another one named; without it, the first page. */
  async page(address = `items?limit=${PAGE}`): Promise<Page> {
    const response = await this.client.read(address)
    const menu = await json<Record<string, ItemValues>>(response)
    return {
      items: Object.entries(menu).map(([id, values]) => ({ ...values, id })),
      next: nextPage(response.headers.get('Link'), response.url),
    }
  }

  async get(id: string): Promise<Versioned> {
    return versioned(id, await this.client.read(`items/${id}`))
  }

  async create(values: ItemValues): Promise<Versioned> {
    const body = { item: values }
    const response = await this.client.change({ method: 'POST', path: 'items', body })
    const id = response.headers.get('Location')?.match(/[^/]+$/)?.[0]
    if (id === undefined) throw new Unreachable('The API did not say where the new item is.')
    return versioned(id, response)
  }

  async replace(id: string, values: ItemValues, etag: string | undefined): Promise<Versioned> {
    const body = { item: values }
    return versioned(
      id,
      await this.client.change({ method: 'PUT', path: `items/${id}`, body, ifMatch: etag }),
    )
  }

  async remove(id: string, etag: string | undefined): Promise<void> {
    await this.client.change({ method: 'DELETE', path: `items/${id}`, ifMatch: etag })
  }
}

async function versioned(id: string, response: Response): Promise<Versioned> {
  const values = await json<ItemValues>(response)
  return { item: { ...values, id }, etag: response.headers.get('ETag') ?? undefined }
}

/** @throws Unreachable if the answer is broken off, or something else than the API gave it. */
async function json<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T
  } catch (error) {
    throw new Unreachable('The answer is not JSON.', { cause: error })
  }
}
