import { describe, expect, test } from 'vitest'
import { Unreachable } from '../src/api/errors'
import { Conflict, Gone } from '../src/menu/menu'
import { refused } from './api'
import { kitchen, names, SOUP } from './kitchen'
import { NO_ANSWER } from './server'

const only = (method: string, answer: ReturnType<typeof refused> | typeof NO_ANSWER) => {
  return (request: { method: string }) => (request.method === method ? answer : undefined)
}

describe('reading', () => {
  test('a menu of thousands comes page by page, each item once', async () => {
    const { menu } = await kitchen(Array.from({ length: 100 }, (_, at) => `Item ${at + 1}`))
    await menu.load()
    expect(menu.state.get()).toMatchObject({ phase: 'ready', more: true })
    expect(names(menu)).toHaveLength(48)
    await menu.loadMore()
    await menu.loadMore()
    expect(menu.state.get().more).toBe(false)
    expect(names(menu)).toEqual(Array.from({ length: 100 }, (_, at) => `Item ${at + 1}`))
  })

  test('two clicks read one page', async () => {
    const { menu, arrived } = await kitchen(Array.from({ length: 60 }, (_, at) => `Item ${at}`))
    await menu.load()
    await Promise.all([menu.loadMore(), menu.loadMore()])
    expect(arrived).toHaveLength(2)
  })

  test('an item added before its page came is there once', async () => {
    const { menu } = await kitchen(Array.from({ length: 60 }, (_, at) => `Item ${at}`))
    await menu.load()
    await menu.add(SOUP)
    expect(names(menu).at(-1)).toBe('Soup')
    await menu.loadMore()
    expect(names(menu)).toHaveLength(61)
  })

  test('an API that is down is part of the state, and can be asked again', async () => {
    const { menu, state } = await kitchen()
    state.interference = () => NO_ANSWER
    await menu.load()
    expect(menu.state.get().phase).toBe('failed')
    expect(menu.state.get().failure).toBeInstanceOf(Unreachable)
    state.interference = () => undefined
    await menu.load()
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Tea'])
  })

  test('a page that cannot be read leaves those that were', async () => {
    const { menu, state } = await kitchen(Array.from({ length: 60 }, (_, at) => `Item ${at}`))
    await menu.load()
    state.interference = () => NO_ANSWER
    await menu.loadMore()
    expect(names(menu)).toHaveLength(48)
    expect(menu.state.get()).toMatchObject({ phase: 'ready', more: true })
    state.interference = () => undefined
    await menu.loadMore()
    expect(names(menu)).toHaveLength(60)
  })

  test('an answer that is not JSON is an API that cannot be reached', async () => {
    const { menu, state } = await kitchen()
    state.interference = () => ({ status: 200 })
    await menu.load()
    expect(menu.state.get().failure).toBeInstanceOf(Unreachable)
  })

  test('an id larger than a number can be stays exact', async () => {
    const { menu, state, arrived } = await kitchen([])
    const id = '9007199254740993'
    state.stored.set(id, { ...SOUP, id: Number(id) })
    await menu.load()
    const { etag } = await menu.fresh(menu.state.get().shown[0]?.item.id ?? '')
    await menu.remove(id, etag)
    expect(arrived.map(({ path }) => path).slice(1)).toEqual([`/items/${id}`, `/items/${id}`])
    expect(names(menu)).toEqual([])
  })
})

describe('a change', () => {
  test('shows before it is answered, and stays', async () => {
    const { menu } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('2')
    const saving = menu.replace('2', { ...SOUP, name: 'Pie' }, etag)
    expect(names(menu)).toEqual(['Burger', 'Pie', 'Tea'])
    expect(menu.state.get().shown[1]?.pending).toBe(true)
    await saving
    expect(menu.state.get().shown[1]).toMatchObject({ item: { name: 'Pie' }, pending: false })
  })

  test.each([
    ['POST', 403],
    ['PUT', 422],
    ['DELETE', 503],
  ] as const)('that is refused shows no more: %s %i', async (method, status) => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.interference = only(method, refused(status, 'no'))
    const change = {
      POST: () => menu.add(SOUP),
      PUT: () => menu.replace('1', SOUP, etag),
      DELETE: () => menu.remove('1', etag),
    }[method]()
    expect(names(menu)).not.toEqual(['Burger', 'Pizza', 'Tea'])
    await expect(change).rejects.toMatchObject({ status })
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Tea'])
    expect(menu.state.get().shown.some(({ pending }) => pending)).toBe(false)
  })

  test('that is refused leaves another that is not', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const [one, two] = [await menu.fresh('1'), await menu.fresh('2')]
    state.interference = ({ method, path }) =>
      method === 'DELETE' && path === '/items/1' ? refused(403, 'no') : undefined
    const results = await Promise.allSettled([
      menu.remove('1', one.etag),
      menu.remove('2', two.etag),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(names(menu)).toEqual(['Burger', 'Tea'])
  })

  test('keeps its place while an added item gets its id', async () => {
    const { menu } = await kitchen()
    await menu.load()
    const adding = menu.add(SOUP)
    const before = menu.state.get().shown.at(-1)
    await adding
    const after = menu.state.get().shown.at(-1)
    expect(after).toMatchObject({ key: before?.key, item: { id: '4' }, pending: false })
  })
})

describe('an item that somebody else changed', () => {
  test('is not replaced, and shows as it is now', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.stored.set('1', { ...SOUP, id: 1, name: 'Wrap' })
    const error = await menu.replace('1', SOUP, etag).catch((error) => error)
    expect(error).toBeInstanceOf(Conflict)
    expect(error.theirs.item.name).toBe('Wrap')
    expect(names(menu)).toEqual(['Wrap', 'Pizza', 'Tea'])
    await menu.replace('1', SOUP, error.theirs.etag)
    expect(names(menu)).toEqual(['Soup', 'Pizza', 'Tea'])
  })

  test('is not deleted', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.stored.set('1', { ...SOUP, id: 1, name: 'Wrap' })
    await expect(menu.remove('1', etag)).rejects.toBeInstanceOf(Conflict)
    expect(names(menu)).toEqual(['Wrap', 'Pizza', 'Tea'])
  })

  test('into what the user wants is no conflict: an earlier answer was lost', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.stored.set('1', { ...SOUP, id: 1 })
    expect((await menu.replace('1', SOUP, etag)).name).toBe('Soup')
  })
})

describe('an item that somebody else deleted', () => {
  test('is not replaced, and shows no more', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.stored.delete('1')
    await expect(menu.replace('1', SOUP, etag)).rejects.toBeInstanceOf(Gone)
    expect(names(menu)).toEqual(['Pizza', 'Tea'])
  })

  test('is deleted, as the user wants', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.stored.delete('1')
    await menu.remove('1', etag)
    expect(names(menu)).toEqual(['Pizza', 'Tea'])
  })

  test('between its change by others and our look at it is deleted too', async () => {
    const { menu, state } = await kitchen()
    await menu.load()
    const { etag } = await menu.fresh('1')
    state.interference = ({ method }) =>
      refused(method === 'DELETE' ? 412 : 404, 'precondition_failed')
    await menu.remove('1', etag)
    expect(names(menu)).toEqual(['Pizza', 'Tea'])
  })
})
