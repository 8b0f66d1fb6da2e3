import { createServer } from 'node:net'
import type { Plugin } from 'vite'

/** Say how to go on if the port is taken, where Vite would show a stack of calls. */
export function clearlyOnOnePort(): Plugin {
  return {
    name: 'clearly-on-one-port',
    apply: 'serve',
    async configResolved({ server, preview, isProduction }) {
      // Vite resolves its configuration again when that changes, and then the port is its own.
      if (process.env.DASHBOARD_PORT_CHECKED) return
      process.env.DASHBOARD_PORT_CHECKED = 'yes'
      const { port, host } = isProduction ? preview : server
      const problem = await whyNot(port ?? 5173, typeof host === 'string' ? host : '127.0.0.1')
      if (problem === undefined) return
      console.error(
        `Port ${port} cannot be had (${problem}). End what uses it, or choose another:\n` +
          '    make dashboard DASHBOARD_PORT=5174, or here: npm run dev -- --port 5174\n' +
          'At Auth0, and other providers, its callback address must be allowed too.',
      )
      process.exit(1)
    },
  }
}

function whyNot(port: number, host: string): Promise<string | undefined> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    probe.listen(port, host, () => probe.close(() => done(undefined)))
  })
}
