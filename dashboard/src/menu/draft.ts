import { FIELDS, type Field, type ItemValues } from './item'
import { priceText, readPrice } from './price'

/** What stands in the form's fields. */
export type Draft = Readonly<Record<Field, string>>

/** What is wrong with which field. */
export type FieldErrors = Readonly<Partial<Record<Field, string>>>

export const EMPTY: Draft = { name: '', price: '', description: '', image: '' }

/** Return an item as the form shows it. */
export function draftOf(values: ItemValues): Draft {
  return { ...values, price: priceText(values.price) }
}

/** What a draft says: an item's values, or what is wrong with it. */
export type ReadDraft = { readonly values: ItemValues } | { readonly errors: FieldErrors }

/**
 * Read a draft.
 *
 * It finds what people get wrong, to tell them at once and in plain words. The rules are the API's.
 */
export function readDraft(draft: Draft): ReadDraft {
  const price = readPrice(draft.price)
  const errors: Partial<Record<Field, string>> = {}
  if (!draft.name.trim()) errors.name = 'Give the item a name.'
  if ('problem' in price) errors.price = price.problem
  const image = imageProblem(draft.image.trim())
  if (image) errors.image = image
  if ('problem' in price || Object.keys(errors).length > 0) return { errors }
  return {
    values: {
      name: draft.name.trim(),
      price: price.price,
      description: draft.description.trim(),
      image: draft.image.trim(),
    },
  }
}

function imageProblem(address: string): string | undefined {
  if (!address) return 'Give the address of a picture.'
  if (!/^https?:\/\/[^/]/i.test(address)) {
    return 'Write the whole address, such as https://example.com/soup.jpg.'
  }
  return undefined
}

/** Tell which of the API's field errors belong to fields of the form, and which do not. */
export function sorted(errors: Readonly<Record<string, string>>): {
  fields: FieldErrors
  others: string[]
} {
  const isField = (name: string) => (FIELDS as readonly string[]).includes(name)
  const entries = Object.entries(errors)
  return {
    fields: Object.fromEntries(entries.filter(([name]) => isField(name))),
    others: entries.filter(([name]) => !isField(name)).map(([name, text]) => `${name}: ${text}`),
  }
}
