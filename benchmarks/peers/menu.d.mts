export interface Item {
  id: number
  name: string
  price: number
  description: string
  image: string
}

export function page(): Record<string, Item>
export function find(id: number): Item | undefined
export function replace(id: number, values: Omit<Item, 'id'>): Item | undefined
