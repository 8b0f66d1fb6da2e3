import { type Draft, EMPTY } from './draft'
import { FIELDS } from './item'

/** A form that was typed into and not saved. */
export interface Unsaved {
  /** The item that is edited; nothing for a new one. */
  readonly id: string | undefined
  readonly etag: string | undefined
  readonly draft: Draft
}

const KEY = 'menu.unsaved'

/** Keeps what was typed while the user signs in again on another page, or loads this one anew. */
export class UnsavedForm {
  constructor(private readonly storage: Storage) {}

  keep(form: Unsaved): void {
    this.storage.setItem(KEY, JSON.stringify({ id: form.id, etag: form.etag, draft: form.draft }))
  }

  forget(): void {
    this.storage.removeItem(KEY)
  }

  find(): Unsaved | undefined {
    try {
      return unsaved(JSON.parse(this.storage.getItem(KEY) ?? 'null'))
    } catch {
      return undefined
    }
  }
}

function unsaved(stored: Partial<Unsaved> | null): Unsaved | undefined {
  if (!stored?.draft) return undefined
  const { id, etag, draft } = stored
  const texts = FIELDS.map((field) => [field, String(draft[field] ?? '')])
  return { id, etag, draft: { ...EMPTY, ...Object.fromEntries(texts) } }
}
