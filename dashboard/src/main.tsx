import '@fontsource-variable/figtree/wght.css'
import '@fontsource-variable/fraunces/wght.css'
import './styles/index.css'
import { render } from 'preact'
import { startApp } from './app'
import { CALLBACK } from './auth/provider'
import { readSettings } from './settings'
import { App } from './views/app'
import { Broken } from './views/broken'

async function main(root: Element): Promise<void> {
  // The provider answers a silent request in an iframe, which is no place for an app.
  if (window.parent !== window && window.location.pathname === CALLBACK) {
    const { tellParent } = await import('./auth/openid')
    return tellParent()
  }
  try {
    const app = await startApp(readSettings(import.meta.env))
    render(<App app={app} />, root)
    await app.begin()
  } catch (error) {
    render(<Broken error={error} />, root)
    throw error
  }
}

const root = document.getElementById('app')
if (root) void main(root)
