/** What the API refused: the status, and what its `application/problem+json` says (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** The API's name for the case, such as `permission_missing`; empty if it gave none. */
    readonly code: string,
    readonly detail: string,
    /** What is wrong with which field. */
    readonly fields: Readonly<Record<string, string>>,
    /** Seconds after which to try again, if the API said. */
    readonly retryAfter: number | undefined,
  ) {
    super(`${status} ${code}`)
  }
}

/** Raised if no answer came: the API or the network is down, or too slow. */
export class Unreachable extends Error {}

/** Raised if the user has to sign in again. Nothing was changed by the request. */
export class SessionEnded extends Error {
  /** @param code the API's code, if a fresh token was refused too. */
  constructor(readonly code?: string) {
    super(code)
  }
}

/** Raised if the sign-in service does not answer, so that nobody knows whether the session holds. */
export class SignInUnreachable extends Error {}
