/** What a caller may choose of an item. */
export interface ItemValues {
  readonly name: string
  /** In whole units of the currency, with at most two decimals. */
  readonly price: number
  readonly description: string
  /** An http or https address. */
  readonly image: string
}

/** An item of the menu. */
export interface Item extends ItemValues {
  /** As it stands in addresses: a whole number that may be larger than a `number` can be. */
  readonly id: string
}

export const FIELDS = ['name', 'price', 'description', 'image'] as const
export type Field = (typeof FIELDS)[number]

/** Tell whether two hold the same values. */
export function alike(one: ItemValues, other: ItemValues): boolean {
  return FIELDS.every((field) => one[field] === other[field])
}

/** Compare items as the menu orders them. */
export function byId(one: Item, other: Item): number {
  return one.id.length - other.id.length || (one.id < other.id ? -1 : Number(one.id > other.id))
}
