import { SettingsError } from '../settings'

/** What is shown if the app cannot start. */
export function Broken({ error }: { error: unknown }) {
  return (
    <main class="placeholder">
      <h1>The app cannot start</h1>
      <p role="alert">{reason(error)}</p>
    </main>
  )
}

function reason(error: unknown): string {
  if (error instanceof SettingsError) return error.message
  if (!window.isSecureContext) {
    return 'Signing in needs https, or an address of this machine such as http://127.0.0.1:5173.'
  }
  return 'Load the page again. The browser’s console says more.'
}
