import { type Observable, observable } from './observable'

export interface Notice {
  readonly id: number
  /** `status`: said politely, and gone after a while. `alert`: said at once, and kept. */
  readonly kind: 'status' | 'alert'
  readonly text: string
  /** Whether something is still going on. */
  readonly busy?: boolean
  /** What the user can do about it. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

/** Milliseconds for which a notice of the kind `status` stays. */
const STAY = 7_000

/** Short messages about what has happened. */
export class Notices {
  readonly list: Observable<readonly Notice[]> = observable<readonly Notice[]>([])
  private last = 0
  private said = 0

  /** Say something that needs no answer, in place of what was said before. Returns the notice's id. */
  say(text: string): number {
    this.hush()
    const id = this.show({ kind: 'status', text })
    setTimeout(() => this.dismiss(id), STAY)
    this.said = id
    return id
  }

  /** Say something that stays until it is over. Returns the notice's id. */
  keepSaying(text: string): number {
    return this.show({ kind: 'status', text, busy: true })
  }

  /** Say what went wrong. What was said before is old then. */
  warn(text: string, action?: Notice['action']): number {
    this.hush()
    return this.show({ kind: 'alert', text, action })
  }

  /** Take back what was said, for something new begins. */
  hush(): void {
    this.dismiss(this.said)
  }

  dismiss(id: number): void {
    this.list.set(this.list.get().filter((notice) => notice.id !== id))
  }

  private show(notice: Omit<Notice, 'id'>): number {
    const id = ++this.last
    // The same thing said twice is said once, again.
    const others = this.list.get().filter((other) => other.text !== notice.text)
    this.list.set([...others, { ...notice, id }])
    return id
  }
}
