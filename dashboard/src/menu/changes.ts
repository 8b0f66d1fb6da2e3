import { byId, type Item, type ItemValues } from './item'

/** A change that the API has not answered yet. */
export type Change =
  | { readonly kind: 'add'; readonly key: string; readonly values: ItemValues }
  | { readonly kind: 'replace'; readonly id: string; readonly values: ItemValues }
  | { readonly kind: 'remove'; readonly id: string }

/** An item as it is shown. */
export interface Shown {
  /** Stays the same while an added item gets its id. */
  readonly key: string
  readonly item: Item
  /** Whether this is what the user wants rather than what the API has said. */
  readonly pending: boolean
}

/**
 * Return what to show: what the API said, with the changes that it has not answered laid over it.
 *
 * A change that is refused is taken off, so what was before it shows again by itself.
 */
export function overlay(
  known: Iterable<Item>,
  changes: readonly Change[],
  keyOf: (item: Item) => string,
): Shown[] {
  const shown = [...known]
    .sort(byId)
    .map((item): Shown => ({ key: keyOf(item), item, pending: false }))
  return changes.reduce(laidOver, shown)
}

function laidOver(shown: Shown[], change: Change): Shown[] {
  switch (change.kind) {
    case 'add':
      return [...shown, { key: change.key, item: { ...change.values, id: '' }, pending: true }]
    case 'replace':
      return shown.map((one) =>
        one.item.id === change.id
          ? { ...one, item: { ...change.values, id: change.id }, pending: true }
          : one,
      )
    case 'remove':
      return shown.filter((one) => one.item.id !== change.id)
  }
}
