import { type Draft, draftOf } from '../menu/draft'
import { FIELDS, type Field, type Item } from '../menu/item'

interface Props {
  theirs: Item
  mine: Draft
  onTake: () => void
}

const LABELS: Record<Field, string> = {
  name: 'Name',
  price: 'Price',
  description: 'Description',
  image: 'Image address',
}

/** What somebody else has made of the item, where it differs from what stands in the form. */
export function Theirs({ theirs, mine, onTake }: Props) {
  const other = draftOf(theirs)
  const differing = FIELDS.filter((field) => other[field] !== mine[field])
  if (differing.length === 0) return null
  return (
    <section class="theirs" aria-label="Their version">
      <dl>
        {differing.map((field) => (
          <div key={field}>
            <dt>{LABELS[field]} is now</dt>
            <dd>{other[field] || '(empty)'}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button small" onClick={onTake}>
        Use their version
      </button>
    </section>
  )
}
