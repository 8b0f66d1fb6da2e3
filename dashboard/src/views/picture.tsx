import { useState } from 'preact/hooks'
import { Plate } from './plate'

/** What the API takes for the address of a picture; nothing else is asked for. */
const ADDRESS = /^https?:\/\//i

/**
 * The picture of an item. Until it has come, or if it does not, a drawn plate is seen.
 *
 * It says nothing that the item's name does not, so it has no text of its own.
 */
export function Picture({ name, address }: { name: string; address: string }) {
  const [state, setState] = useState<'waiting' | 'shown' | 'failed'>('waiting')
  return (
    <div class="picture">
      <Plate name={name} />
      {ADDRESS.test(address) && state !== 'failed' && (
        <img
          src={address}
          alt=""
          width={640}
          height={480}
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          data-shown={state === 'shown'}
          onLoad={() => setState('shown')}
          onError={() => setState('failed')}
        />
      )}
    </div>
  )
}
