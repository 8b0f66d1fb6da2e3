/**
 * Return the address of what follows, from a `Link` header (RFC 8288), if it names one.
 *
 * @param base the address that was asked, against which the link is read.
 */
export function nextPage(header: string | null, base: string): string | undefined {
  for (const [, target, parameters] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g)) {
    if (target !== undefined && /;\s*rel="?(?:[^"]*\s)?next\b/i.test(parameters ?? '')) {
      const next = new URL(target, base)
      // A page that an API at another origin promises is not this API's.
      if (next.origin === new URL(base).origin) return next.href
    }
  }
  return undefined
}
