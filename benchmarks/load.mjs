// Sends requests: a line of JSON on standard input is a measurement to make, the line on standard
// output is what was seen.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import autocannon from 'autocannon'

// autocannon looks this often, in milliseconds, whether the time is over.
const SAMPLE = 20

const files = new Map()

function tokens(file) {
  if (!files.has(file)) files.set(file, readFileSync(file, 'utf8').trim().split('\n'))
  return files.get(file)
}

/** Return what is measured of requests to one address, each with the next of some tokens. */
async function measure({ url, method, body, connections, seconds, most, token }) {
  const json = body === null ? {} : { 'content-type': 'application/json' }
  const sent = token === null ? [null] : tokens(token.file).slice(token.start, token.end)
  const requests = sent.map((each) => ({
    headers: each === null ? json : { ...json, authorization: `Bearer ${each}` }
  }))
  const options = { url, method, connections, duration: seconds, sampleInt: SAMPLE }
  if (body !== null) options.body = body
  if (most !== null) options.maxOverallRequests = most
  if (token?.once) {
    // Each connection has a part of its own, and ends with it.
    const part = Math.floor(Math.min(requests.length, most ?? Infinity) / connections)
    options.maxOverallRequests = part * connections
    let next = 0
    options.setupClient = (client) => client.setRequests(requests.slice(next, (next += part)))
  } else {
    options.setupClient = (client) => client.setRequests(requests.map((each) => ({ ...each })))
  }

  const times = []
  let first = 0
  let last = 0
  const run = autocannon(options)
  run.on('start', () => (first = performance.now()))
  run.on('response', (client, status, bytes, time) => {
    last = performance.now()
    times.push(time)
  })
  const result = await run
  const statuses = {}
  for (const [status, { count }] of Object.entries(result.statusCodeStats)) statuses[status] = count
  times.sort((one, other) => one - other)
  const percentile = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))]
  return {
    statuses,
    errors: result.errors,
    seconds: (last - first) / 1000,
    p50: percentile(0.5) ?? 0,
    p99: percentile(0.99) ?? 0
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await measure(JSON.parse(line)))}\n`)
}
