import { defineConfig, loadEnv } from 'vite'
import { licences } from './vite/licences.ts'
import { contentSecurityPolicy } from './vite/policy.ts'
import { clearlyOnOnePort } from './vite/port.ts'

const ADDRESS = { host: '127.0.0.1', port: 5173, strictPort: true }

export default defineConfig(({ mode }) => ({
  plugins: [
    contentSecurityPolicy(loadEnv(mode, import.meta.dirname)),
    licences(import.meta.dirname),
    clearlyOnOnePort(),
  ],
  server: ADDRESS,
  preview: ADDRESS,
  build: {
    // Nothing is put into the page's text, so that its policy can be strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
}))
