/** The highest price that the API takes. */
const HIGHEST = 1_000_000

const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** Return a price as people read it: `$5.99`. */
export function formatPrice(price: number): string {
  return money.format(price)
}

/** Return a price as it stands in its field: `5.90`. */
export function priceText(price: number): string {
  return Number.isInteger(price) ? String(price) : price.toFixed(2)
}

/** What a text says as a price: a number, or what is wrong with it. */
export type ReadPrice = { readonly price: number } | { readonly problem: string }

/**
 * Read a price as people write it: `5.99`, `5,99`, `$5.99`.
 *
 * Nothing is rounded: the number nearest to so short a decimal is written in JSON as that decimal.
 */
export function readPrice(text: string): ReadPrice {
  const digits = text.trim().replace(/^\$\s*/, '')
  if (digits === '') return { problem: 'Give the price, such as 5.99.' }
  if (!/^\d+(?:[.,]\d*)?$/.test(digits)) {
    return { problem: 'Write the price with digits and one point, such as 5.99.' }
  }
  const [units = '', decimals = ''] = digits.split(/[.,]/)
  // Zeros too: 1,000 is a thousand to some.
  if (decimals.length > 2) return { problem: 'A price has at most two decimals.' }
  const price = Number(`${units}.${decimals}`)
  if (price > HIGHEST) return { problem: 'A price is at most 1000000.' }
  return { price }
}
