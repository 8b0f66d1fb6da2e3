import { describe, expect, test } from 'vitest'
import { Editing } from '../src/menu/editing'
import { UnsavedForm } from '../src/menu/unsaved'
import { Notices } from '../src/notices'
import { refused } from './api'
import { kitchen, names, SOUP } from './kitchen'
import { NO_ANSWER } from './server'
import { storage } from './storage'

async function opened() {
  const { menu, state, arrived } = await kitchen()
  const notices = new Notices()
  const unsaved = new UnsavedForm(storage())
  const signIns: string[] = []
  const editing = new Editing(menu, notices, unsaved, () => signIns.push('asked'))
  await menu.load()
  const said = () => notices.list.get().map(({ text }) => text)
  return { menu, state, arrived, editing, notices, unsaved, signIns, said }
}

function fill(editing: Editing): void {
  editing.add()
  editing.type('name', 'Soup')
  editing.type('price', '4.5')
  editing.type('image', 'https://a.example/s')
}

describe('saving', () => {
  test('adds what was typed, closes the form and says so', async () => {
    const { editing, menu, unsaved, said } = await opened()
    fill(editing)
    await editing.save()
    expect(editing.form.get()).toBeUndefined()
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Tea', 'Soup'])
    expect(said()).toEqual(['Soup is saved.'])
    expect(unsaved.find()).toBeUndefined()
  })

  test('sends once, however often it is clicked', async () => {
    const { editing, arrived } = await opened()
    fill(editing)
    await Promise.all([editing.save(), editing.save()])
    expect(arrived.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test('edits the version that was read when the form was opened', async () => {
    const { editing, menu, state } = await opened()
    state.stored.set('1', { ...SOUP, id: 1, name: 'Wrap' })
    await editing.edit('1')
    expect(editing.form.get()?.draft.name).toBe('Wrap')
    editing.type('price', '5')
    await editing.save()
    expect(state.stored.get('1')).toMatchObject({ name: 'Wrap', price: 5 })
    expect(names(menu)[0]).toBe('Wrap')
  })

  test('sends nothing while a field is wrong, and says what', async () => {
    const { editing, arrived } = await opened()
    editing.add()
    await editing.save()
    expect(Object.keys(editing.form.get()?.errors ?? {})).toEqual(['name', 'price', 'image'])
    expect(arrived.some(({ method }) => method === 'POST')).toBe(false)
    editing.type('name', 'S')
    expect(editing.form.get()?.errors).not.toHaveProperty('name')
  })
})

describe('a refused form comes back with everything typed', () => {
  test.each([
    [refused(403, 'permission_missing'), 'You may not do this'],
    [refused(413, 'too_large'), 'That is too much text'],
    [refused(503, 'database_unavailable'), 'The API cannot answer right now'],
    [refused(401, 'token_revoked'), 'Your session has ended'],
    [refused(500, 'internal_error'), 'The API answered 500'],
    [NO_ANSWER, 'The menu’s API cannot be reached'],
  ] as const)('after %o', async (answer, title) => {
    const { editing, menu, state, unsaved } = await opened()
    fill(editing)
    state.interference = ({ method }) => (method === 'POST' ? answer : undefined)
    await editing.save()
    expect(editing.form.get()?.problem?.title).toBe(title)
    expect(editing.form.get()?.draft).toMatchObject({ name: 'Soup', price: '4.5' })
    expect(unsaved.find()?.draft).toMatchObject({ name: 'Soup', price: '4.5' })
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Tea'])
  })

  test('with the errors at their fields, and the others above them', async () => {
    const { editing, state } = await opened()
    fill(editing)
    const errors = { name: ['Too long.'], item: ['Odd.'] }
    state.interference = ({ method }) =>
      method === 'POST' ? refused(422, 'invalid', { errors }) : undefined
    await editing.save()
    expect(editing.form.get()?.errors).toEqual({ name: 'Too long.' })
    expect(editing.form.get()?.problem?.text).toContain('item: Odd.')
  })

  test('with the other version after a conflict, and is saved over it if the user says so', async () => {
    const { editing, state } = await opened()
    await editing.edit('1')
    editing.type('name', 'Mine')
    state.stored.set('1', { ...SOUP, id: 1, name: 'Theirs' })
    await editing.save()
    expect(editing.form.get()).toMatchObject({
      draft: { name: 'Mine' },
      theirs: { name: 'Theirs' },
    })
    expect(state.stored.get('1')?.name).toBe('Theirs')
    await editing.save()
    expect(state.stored.get('1')?.name).toBe('Mine')
  })

  test('or takes the other version, if the user wants that', async () => {
    const { editing, state } = await opened()
    await editing.edit('1')
    editing.type('name', 'Mine')
    state.stored.set('1', { ...SOUP, id: 1, name: 'Theirs' })
    await editing.save()
    editing.takeTheirs()
    expect(editing.form.get()).toMatchObject({ draft: { name: 'Theirs' }, problem: undefined })
  })

  test('as a new item, if somebody has deleted the old one', async () => {
    const { editing, state, menu } = await opened()
    await editing.edit('3')
    editing.type('name', 'Mine')
    state.stored.delete('3')
    await editing.save()
    expect(editing.form.get()?.id).toBeUndefined()
    await editing.save()
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Mine'])
  })

  test('later, if the user has gone on to another form', async () => {
    const { editing, notices, state } = await opened()
    fill(editing)
    state.interference = ({ method }) => (method === 'POST' ? refused(403, 'no') : undefined)
    const saving = editing.save()
    editing.add()
    await saving
    expect(editing.form.get()?.draft.name).toBe('')
    editing.cancel()
    notices.list.get()[0]?.action?.run()
    expect(editing.form.get()?.draft.name).toBe('Soup')
  })
})

describe('deleting', () => {
  test('asks first, then takes the item away', async () => {
    const { editing, menu, arrived, said } = await opened()
    await editing.askDelete('1')
    expect(editing.deleting.get()?.item.name).toBe('Burger')
    expect(arrived.some(({ method }) => method === 'DELETE')).toBe(false)
    await Promise.all([editing.confirmDelete(), editing.confirmDelete()])
    expect(names(menu)).toEqual(['Pizza', 'Tea'])
    expect(arrived.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
    expect(said()).toEqual(['Burger is deleted.'])
  })

  test.each([
    [refused(403, 'no'), 'You may not do this'],
    [refused(401, 'token_expired'), 'Your session has ended'],
    [refused(412, 'precondition_failed'), 'somebody has just changed it'],
  ])('that is refused is explained, and the item is there: %o', async (answer, text) => {
    const { editing, menu, notices, signIns, state } = await opened()
    await editing.askDelete('1')
    state.interference = ({ method }) => (method === 'DELETE' ? answer : undefined)
    await editing.confirmDelete()
    expect(names(menu)).toEqual(['Burger', 'Pizza', 'Tea'])
    expect(notices.list.get()[0]).toMatchObject({
      kind: 'alert',
      text: expect.stringContaining(text),
    })
    notices.list.get()[0]?.action?.run()
    expect(signIns).toHaveLength(answer.status === 401 ? 1 : 0)
  })

  test('an item that is gone says so, and opens nothing', async () => {
    const { editing, state, said } = await opened()
    state.stored.delete('1')
    await editing.askDelete('1')
    await editing.edit('1')
    expect(editing.deleting.get() ?? editing.form.get()).toBeUndefined()
    expect(said()[0]).toContain('no longer on the menu')
  })
})

describe('what was typed', () => {
  test('is there again after a reload', async () => {
    const before = await opened()
    await before.editing.edit('1')
    before.editing.type('description', 'Long and carefully written')
    const { menu, notices } = await opened()
    const after = new Editing(menu, notices, before.unsaved, () => {})
    after.restore()
    expect(after.form.get()).toMatchObject({
      id: '1',
      etag: before.editing.form.get()?.etag,
      draft: { name: 'Burger', description: 'Long and carefully written' },
    })
  })

  test('is forgotten when the user cancels', async () => {
    const { editing, unsaved } = await opened()
    fill(editing)
    editing.cancel()
    expect(unsaved.find()).toBeUndefined()
  })

  test.each(['', '{', '7', 'null', '{"draft": 7}', '{"draft": {"name": {}}}'])(
    'is never more than texts, whatever the storage holds: %s',
    (stored) => {
      const texts = storage()
      texts.setItem('menu.unsaved', stored)
      const draft = new UnsavedForm(texts).find()?.draft ?? {}
      expect(Object.values(draft).every((value) => typeof value === 'string')).toBe(true)
    },
  )
})
