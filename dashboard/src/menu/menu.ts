import { Refused } from '../api/errors'
import type { Items, Versioned } from '../api/items'
import { type Observable, observable } from '../observable'
import { type Change, overlay, type Shown } from './changes'
import { alike, type Item, type ItemValues } from './item'

export interface MenuState {
  /** `failed`: the first page could not be read. */
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly shown: readonly Shown[]
  /** Whether more can be read. */
  readonly more: boolean
  /** Whether more is being read. */
  readonly reading: boolean
  /** Why the last reading failed, if it did. */
  readonly failure?: unknown
}

/** Raised if an item was changed by somebody else since the user last saw it. */
export class Conflict extends Error {
  constructor(readonly theirs: Versioned) {
    super('The item was changed meanwhile.')
  }
}

/** Raised if an item is no longer on the menu. */
export class Gone extends Error {}

/** The menu as the user sees it: changes show at once, and go away if the API refuses them. */
export class Menu {
  readonly state: Observable<MenuState> = observable<MenuState>({
    phase: 'loading',
    shown: [],
    more: false,
    reading: false,
  })

  private known = new Map<string, Item>()
  private changes: Change[] = []
  private readonly keys = new Map<string, string>()
  private next: string | undefined
  private added = 0

  constructor(private readonly items: Items) {}

  /** Read the first page. A failure is part of the state. */
  async load(): Promise<void> {
    this.known.clear()
    this.next = undefined
    await this.read('loading')
  }

  /** Read the page that follows. A failure is part of the state. */
  async loadMore(): Promise<void> {
    if (this.next !== undefined && !this.state.get().reading) await this.read('ready')
  }

  /**
   * Read an item as it is now, before it is changed.
   *
   * @throws Gone if it no longer is.
   */
  async fresh(id: string): Promise<Versioned> {
    const current = await this.answered(id, this.items.get(id))
    this.know(current.item)
    return current
  }

  async add(values: ItemValues): Promise<Item> {
    const key = `new-${++this.added}`
    return this.during({ kind: 'add', key, values }, async () => {
      const { item } = await this.items.create(values)
      this.keys.set(item.id, key)
      this.known.set(item.id, item)
      return item
    })
  }

  /**
   * @throws Conflict if the item is no longer the version that the tag names.
   * @throws Gone if it no longer is.
   */
  async replace(id: string, values: ItemValues, etag: string | undefined): Promise<Item> {
    return this.during({ kind: 'replace', id, values }, async () => {
      const item = await this.replaced(id, values, etag)
      this.known.set(id, item)
      return item
    })
  }

  /** @throws Conflict if the item is no longer the version that the tag names. */
  async remove(id: string, etag: string | undefined): Promise<void> {
    return this.during({ kind: 'remove', id }, async () => {
      try {
        await this.answered(id, this.items.remove(id, etag))
      } catch (error) {
        // Somebody else was faster.
        if (!(error instanceof Gone)) throw error
      }
      this.known.delete(id)
    })
  }

  private async replaced(id: string, values: ItemValues, etag?: string): Promise<Item> {
    try {
      return (await this.answered(id, this.items.replace(id, values, etag))).item
    } catch (error) {
      // No conflict: an earlier request was carried out, and its answer lost.
      if (error instanceof Conflict && alike(error.theirs.item, values)) return error.theirs.item
      throw error
    }
  }

  /** Wait for an answer about an item, and raise what it says of the item as such. */
  private async answered<T>(id: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (isStatus(error, 412)) throw new Conflict(await this.fresh(id))
      if (!isStatus(error, 404)) throw error
      this.known.delete(id)
      this.show()
      throw new Gone()
    }
  }

  private async during<T>(change: Change, work: () => Promise<T>): Promise<T> {
    this.changes = [...this.changes, change]
    this.show()
    try {
      return await work()
    } finally {
      this.changes = this.changes.filter((other) => other !== change)
      this.show()
    }
  }

  private async read(phase: 'loading' | 'ready'): Promise<void> {
    this.show({ phase, reading: true, failure: undefined })
    try {
      const page = await this.items.page(this.next)
      for (const item of page.items) this.known.set(item.id, item)
      this.next = page.next
      this.show({ phase: 'ready', reading: false })
    } catch (failure) {
      this.show({ phase: phase === 'loading' ? 'failed' : 'ready', reading: false, failure })
    }
  }

  private know(item: Item): void {
    this.known.set(item.id, item)
    this.show()
  }

  private show(change: Partial<MenuState> = {}): void {
    this.state.set({
      ...this.state.get(),
      ...change,
      shown: overlay(this.known.values(), this.changes, ({ id }) => this.keys.get(id) ?? id),
      more: this.next !== undefined,
    })
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof Refused && error.status === status
}
