import { Refused } from './errors'

/** Read a refusal from an answer; a body that is no problem+json, as of a proxy, says nothing. */
export async function refusal(response: Response): Promise<Refused> {
  const body = await problem(response)
  return new Refused(
    response.status,
    text(body.code),
    text(body.detail),
    fieldErrors(body.errors),
    seconds(response.headers.get('Retry-After')),
  )
}

async function problem(response: Response): Promise<Record<string, unknown>> {
  try {
    return record(await response.json())
  } catch {
    return {}
  }
}

function fieldErrors(errors: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(errors)).map(([field, messages]) => [field, sentence(messages)]),
  )
}

function sentence(messages: unknown): string {
  return Array.isArray(messages) ? messages.map(text).join(' ') : text(messages)
}

function seconds(header: string | null): number | undefined {
  if (header === null) return undefined
  const delay = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(delay) ? Math.max(0, delay) : undefined
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
