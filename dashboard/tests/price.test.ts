import { expect, test } from 'vitest'
import { formatPrice, priceText, readPrice } from '../src/menu/price'

test.each([
  ['5.99', '5.99'],
  ['5,99', '5.99'],
  [' $4.50 ', '4.5'],
  ['0', '0'],
  ['007', '7'],
  ['1.10', '1.1'],
  ['0.07', '0.07'],
  ['1000000', '1000000'],
  ['999999.99', '999999.99'],
])('%s is written in JSON as %s', (text, json) => {
  const read = readPrice(text)
  expect('price' in read && JSON.stringify(read.price)).toBe(json)
})

test.each([
  '',
  ' ',
  '-1',
  '1e3',
  '5.9.9',
  '1,000',
  '1.999',
  '5 99',
  'five',
  '1000000.01',
  '٥',
  '.5',
])('%s is no price', (text) => {
  expect(readPrice(text)).toHaveProperty('problem')
})

test('every price of a cent comes back from its field as itself', () => {
  const prices = Array.from({ length: 20_000 }, (_, cents) => cents / 100)
  expect(prices.map((price) => readPrice(priceText(price)))).toEqual(
    prices.map((price) => ({ price })),
  )
})

test('a price is shown with its currency', () => {
  expect(formatPrice(1234.5)).toBe('$1,234.50')
})
