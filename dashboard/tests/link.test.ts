import { expect, test } from 'vitest'
import { nextPage } from '../src/api/link'

const ASKED = 'http://api.example/v1/items?limit=2'

test.each([
  ['</v1/items?limit=2&after=2>; rel="next"', 'http://api.example/v1/items?limit=2&after=2'],
  ['<?after=2>; rel=next', 'http://api.example/v1/items?after=2'],
  ['</a>; rel="prev", </b>; title="x"; rel="last next"', 'http://api.example/b'],
])('%s leads on', (header, next) => {
  expect(nextPage(header, ASKED)).toBe(next)
})

test.each([null, '', '</a>; rel="prev"', '</a>; rel="nextish"', '</a>', 'rel="next"'])(
  '%s leads nowhere',
  (header) => {
    expect(nextPage(header, ASKED)).toBeUndefined()
  },
)

test('a link to another origin is not followed', () => {
  expect(nextPage('<http://evil.example/items>; rel="next"', ASKED)).toBeUndefined()
})
