// The menu of the peers on Node: items by id, in memory.

const IMAGES = 'https://cdn.auth0.com/blog/whatabyte'
const FIRST = [
  ['Burger', 5.99, 'Tasty', `${IMAGES}/burger-sm.png`],
  ['Pizza', 2.99, 'Cheesy', `${IMAGES}/pizza-sm.png`],
  ['Tea', 1.99, 'Informative', `${IMAGES}/tea-sm.png`]
]

/** Most items in one answer, as in the Menu API. */
const PAGE = 1000

const items = new Map()
for (let id = 1; id <= Number(process.env.ITEMS ?? 3); id += 1) {
  const [name, price, description, image] = FIRST[(id - 1) % FIRST.length]
  items.set(id, { id, name, price, description, image })
}

/** Return the first page of the menu: an object of items by id. */
export function page() {
  const found = {}
  let left = PAGE
  for (const [id, item] of items) {
    if (left-- === 0) break
    found[id] = item
  }
  return found
}

/** Return an item, or undefined. */
export function find(id) {
  return items.get(id)
}

/** Put new values in place of an item's and return it; undefined if there is none. */
export function replace(id, { name, price, description, image }) {
  if (!items.has(id)) return undefined
  const item = { id, name, price, description, image }
  items.set(id, item)
  return item
}
