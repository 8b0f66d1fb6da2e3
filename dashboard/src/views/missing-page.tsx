import type { Application } from '../app'
import { Placeholder } from './placeholder'

/** What is shown at an address that is none. */
export function MissingPage(_: { app: Application }) {
  return (
    <>
      <h1 tabIndex={-1}>Not found</h1>
      <Placeholder title="There is no page at this address">
        <a class="button primary" href="/">
          Read the menu
        </a>
      </Placeholder>
    </>
  )
}
