import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * Put the licences of what the built page is made of beside it, as they ask for.
 *
 * Of all packages that are installed for it, since some bring others along in a file of their own,
 * where nobody could tell. One that has no licence stops the build.
 *
 * @param folder of the package and its lock.
 */
export function licences(folder: string): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts(folder).join('\n\n') })
    },
  }
}

interface Locked {
  readonly version: string
  readonly dev?: boolean
}

function texts(folder: string): string[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return Object.entries<Locked>(lock.packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version }]) => {
      const name = path.replace(/^.*node_modules\//, '')
      return `${name} ${version}\n\n${licence(join(folder, path))}`
    })
}

function licence(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file === undefined) throw new Error(`No licence lies in ${folder}.`)
  return readFileSync(join(folder, file), 'utf8').trim()
}
