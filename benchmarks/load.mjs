// Sends requests: a line of JSON on standard input is a measurement to make, the line on standard
// output is what was seen.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import autocannon from 'autocannon'

// autocannon looks this often, in milliseconds, whether the time is over.
const SAMPLE = 20

// Seconds after which no answer is waited for any longer.
const LONGEST = 60

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
  const options = { url, method, connections, duration: LONGEST, sampleInt: SAMPLE }
  if (body !== null) options.body = body
  if (most !== null) options.maxOverallRequests = most
  let part = null
  if (token?.once) {
    // Each connection has a part of its own, and ends with it.
    part = Math.floor(Math.min(requests.length, most ?? Infinity) / connections)
    options.maxOverallRequests = part * connections
  }
  const clients = []
  options.setupClient = (client) => {
    const start = clients.push(client) - 1
    const own = part === null ? requests : requests.slice(start * part, (start + 1) * part)
    client.setRequests(own.map((each) => ({ ...each })))
  }

  const times = []
  let first = 0
  let last = 0
  let over
  const run = autocannon(options)
  run.on('start', () => {
    first = performance.now()
    // When its duration is over, autocannon drops what is still under way, which has cost the
    // server something: so each connection ends with the answer that it waits for instead.
    over = setTimeout(() => {
      for (const client of clients) client.responseMax = client.reqsMade
    }, seconds * 1000)
  })
  run.on('response', (client, status, bytes, time) => {
    last = performance.now()
    times.push(time)
  })
  const result = await run
  clearTimeout(over)
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
