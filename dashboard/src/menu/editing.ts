import { Refused, SessionEnded } from '../api/errors'
import type { Versioned } from '../api/items'
import type { Notices } from '../notices'
import { type Observable, observable } from '../observable'
import { type Draft, draftOf, EMPTY, type FieldErrors, readDraft, sorted } from './draft'
import { type Explanation, explain } from './explain'
import type { Field, Item, ItemValues } from './item'
import { Conflict, Gone, type Menu } from './menu'
import type { UnsavedForm } from './unsaved'

/** The open form. */
export interface Form {
  /** The item that is edited; nothing for a new one. */
  readonly id: string | undefined
  /** The version that the user has seen. */
  readonly etag: string | undefined
  readonly draft: Draft
  readonly errors: FieldErrors
  /** Why it could not be saved. */
  readonly problem?: Explanation | undefined
  /** What somebody else has made of the item meanwhile. */
  readonly theirs?: Item | undefined
}

/** Adding, editing and deleting, from the first click to the API's last word. */
export class Editing {
  readonly form: Observable<Form | undefined> = observable<Form | undefined>(undefined)
  /** The item that the user is asked about. */
  readonly deleting: Observable<Versioned | undefined> = observable<Versioned | undefined>(
    undefined,
  )
  /** The id of the item that is looked up before it is changed. */
  readonly opening: Observable<string | undefined> = observable<string | undefined>(undefined)

  constructor(
    private readonly menu: Menu,
    private readonly notices: Notices,
    private readonly unsaved: UnsavedForm,
    private readonly signIn: () => void,
  ) {}

  add(): void {
    this.form.set({ id: undefined, etag: undefined, draft: EMPTY, errors: {} })
  }

  /** Open the form with the item as it is now. */
  async edit(id: string): Promise<void> {
    const current = await this.current(id)
    if (current) {
      this.form.set({ id, etag: current.etag, draft: draftOf(current.item), errors: {} })
    }
  }

  /** Open the form that was left behind by a sign-in or a reload, if there is one. */
  restore(): void {
    const left = this.unsaved.find()
    if (!left) return
    this.form.set({ ...left, errors: {} })
    this.notices.say('What you typed is here again.')
  }

  type(field: Field, text: string): void {
    this.change(({ draft, errors }) => {
      const { [field]: _, ...others } = errors
      return { draft: { ...draft, [field]: text }, errors: others }
    })
  }

  /** Take over what somebody else has made of the item. */
  takeTheirs(): void {
    this.change(({ theirs }) =>
      theirs ? { draft: draftOf(theirs), errors: {}, problem: undefined, theirs: undefined } : {},
    )
  }

  cancel(): void {
    this.unsaved.forget()
    this.form.set(undefined)
  }

  /** Show the change at once and send it; the form comes back if it is refused. */
  async save(): Promise<void> {
    const form = this.form.get()
    if (!form) return
    const read = readDraft(form.draft)
    if ('errors' in read) {
      this.form.set({ ...form, errors: read.errors, problem: undefined })
      return
    }
    this.form.set(undefined)
    this.notices.hush()
    try {
      await this.send(form, read.values)
      if (!this.form.get()) this.unsaved.forget()
      this.notices.say(`${read.values.name} is saved.`)
    } catch (error) {
      this.comeBack(afterRefusal(form, error))
    }
  }

  /** Ask whether an item is to be deleted, and show it as it is now. */
  async askDelete(id: string): Promise<void> {
    const current = await this.current(id)
    if (current) this.deleting.set(current)
  }

  keep(): void {
    this.deleting.set(undefined)
  }

  /** Take the item away at once and send that; it comes back if it is refused. */
  async confirmDelete(): Promise<void> {
    const asked = this.deleting.get()
    if (!asked) return
    this.deleting.set(undefined)
    const { id, name } = asked.item
    try {
      await this.menu.remove(id, asked.etag)
      this.notices.say(`${name} is deleted.`)
    } catch (error) {
      if (error instanceof Conflict) {
        this.notices.warn(`${name} is not deleted: somebody has just changed it. Look at it again.`)
      } else this.warn(error, `${name} is not deleted.`)
    }
  }

  private send(form: Form, values: ItemValues): Promise<Item> {
    return form.id === undefined
      ? this.menu.add(values)
      : this.menu.replace(form.id, values, form.etag)
  }

  private comeBack(form: Form): void {
    if (!this.form.get() && !this.deleting.get()) {
      this.form.set(form)
      return
    }
    // The user has gone on to something else, and finishes that first.
    const what = form.problem ? `${form.problem.title}: ` : ''
    this.notices.warn(`${what}${form.draft.name} is not saved.`, {
      label: 'Review',
      run: () => this.form.set(form),
    })
  }

  private async current(id: string): Promise<Versioned | undefined> {
    if (this.opening.get() !== undefined) return undefined
    this.opening.set(id)
    try {
      return await this.menu.fresh(id)
    } catch (error) {
      this.warn(error)
      return undefined
    } finally {
      this.opening.set(undefined)
    }
  }

  private warn(error: unknown, what?: string): void {
    const { title, text, signIn } = explain(error)
    const action = signIn ? { label: 'Sign in', run: this.signIn } : undefined
    // With the form, nothing was typed that could be kept.
    const rest = error instanceof SessionEnded ? 'Sign in again to go on.' : text
    this.notices.warn([what, `${title}.`, rest].filter(Boolean).join(' '), action)
  }

  private change(change: (form: Form) => Partial<Form>): void {
    const form = this.form.get()
    if (!form) return
    const next = { ...form, ...change(form) }
    this.form.set(next)
    this.unsaved.keep(next)
  }
}

/** Return the form as it comes back: everything typed, and what is wrong. */
function afterRefusal(form: Form, error: unknown): Form {
  if (error instanceof Conflict) {
    const { item, etag } = error.theirs
    return { ...form, etag, theirs: item, errors: {}, problem: conflict }
  }
  if (error instanceof Gone) {
    return { ...form, id: undefined, etag: undefined, errors: {}, problem: gone, theirs: undefined }
  }
  const problem = explain(error)
  if (!(error instanceof Refused)) return { ...form, errors: {}, problem }
  const { fields, others } = sorted(error.fields)
  const text = [problem.text, ...others].join(' ')
  return { ...form, errors: fields, problem: { ...problem, text } }
}

/** Short, since on a phone the fields are to be in sight below it. */
const conflict: Explanation = {
  title: 'Somebody else has changed this item',
  text: 'Saving replaces their version with yours.',
  signIn: false,
}

const gone: Explanation = {
  title: 'This item has been deleted meanwhile',
  text: 'What you typed is kept: saving now adds it as a new item.',
  signIn: false,
}
