import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import manifest from '../package.json'

test('the built page has the licences of what it is made of, and of what that is made of', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'dashboard-'))
  onTestFinished(() => rm(outDir, { recursive: true }))
  await build({ logLevel: 'silent', build: { outDir } })
  const text = await readFile(join(outDir, 'licences.txt'), 'utf8')
  for (const name of [...Object.keys(manifest.dependencies), 'jose']) {
    expect(text).toMatch(new RegExp(`^${name} [0-9]`, 'm'))
  }
  expect(text).toContain('Figtree Project Authors')
  expect(text).toContain('SIL OPEN FONT LICENSE')
})
