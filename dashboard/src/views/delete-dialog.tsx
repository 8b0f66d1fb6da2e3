import type { Editing } from '../menu/editing'
import { formatPrice } from '../menu/price'
import { useObserved } from '../observable'
import { Dialog } from './dialog'

/** Asks before an item is deleted. */
export function DeleteDialog({ editing }: { editing: Editing }) {
  const asked = useObserved(editing.deleting)
  if (!asked) return null
  const { name, price } = asked.item
  return (
    <Dialog labelledBy="delete-title" class="narrow" onClose={() => editing.keep()}>
      <h2 id="delete-title">Delete {name}?</h2>
      <p>
        It costs {formatPrice(price)} now, and nobody will find it on the menu any more. This cannot
        be undone.
      </p>
      <div class="dialog-buttons">
        {/* The harmless one has the focus. */}
        <button type="button" class="button" autofocus onClick={() => editing.keep()}>
          Cancel
        </button>
        <button type="button" class="button danger solid" onClick={() => editing.confirmDelete()}>
          Delete
        </button>
      </div>
    </Dialog>
  )
}
