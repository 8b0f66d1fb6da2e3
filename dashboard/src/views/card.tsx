import { useEffect, useRef } from 'preact/hooks'
import type { Shown } from '../menu/changes'
import type { Editing } from '../menu/editing'
import { formatPrice } from '../menu/price'
import { useObserved } from '../observable'
import { BinIcon, PencilIcon } from './icons'
import { Picture } from './picture'

interface Props {
  shown: Shown
  /** Nothing: the user only reads. */
  editing: Editing | undefined
}

/** An item of the menu. */
export function Card({ shown, editing }: Props) {
  const { item, key, pending } = shown
  const card = useRef<HTMLElement>(null)
  const isNew = item.id === ''
  useEffect(() => {
    if (isNew) card.current?.scrollIntoView({ block: 'nearest' })
  }, [isNew])
  return (
    <article
      ref={card}
      class="card"
      aria-labelledby={`name-${key}`}
      aria-busy={pending}
      data-pending={pending}
      tabIndex={-1}
    >
      <Picture key={item.image} name={item.name} address={item.image} />
      <div class="card-text">
        <div class="card-line">
          <h2 id={`name-${key}`}>{item.name}</h2>
          <span class="leader" aria-hidden="true" />
          <p class="price">{formatPrice(item.price)}</p>
        </div>
        <p class="description">{item.description}</p>
        {pending && <p class="pending">Saving…</p>}
        {editing && !pending && <Controls shown={shown} editing={editing} />}
      </div>
    </article>
  )
}

function Controls({ shown: { item }, editing }: { shown: Shown; editing: Editing }) {
  const opening = useObserved(editing.opening) === item.id
  return (
    <div class="card-controls" aria-busy={opening}>
      <button
        type="button"
        class="button quiet small"
        aria-label={`Edit ${item.name}`}
        onClick={() => editing.edit(item.id)}
      >
        <PencilIcon /> Edit
      </button>
      <button
        type="button"
        class="button quiet small danger"
        aria-label={`Delete ${item.name}`}
        onClick={() => editing.askDelete(item.id)}
      >
        <BinIcon /> Delete
      </button>
    </div>
  )
}
