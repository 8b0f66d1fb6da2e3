import { Refused, SessionEnded, Unreachable } from './errors'
import { type Patience, patiently } from './patience'
import { refusal } from './problem'
import { Renewal, type TokenSource } from './renewal'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path below the API's address, or a whole address that the API gave. */
  readonly path: string
  readonly body?: unknown
  /** The `ETag` of the version that is to be changed. */
  readonly ifMatch?: string | undefined
}

/** Milliseconds for one answer. */
const TIMEOUT = 15_000

/** Sends requests to the API: with an access token where something is changed, and patiently. */
export class ApiClient {
  private readonly renewal: Renewal

  constructor(
    private readonly base: string,
    tokens: TokenSource,
    private readonly patience: Patience,
  ) {
    this.renewal = new Renewal(tokens)
  }

  /** Read something. The menu is public, so no token is sent and no preflight is needed. */
  read(path: string): Promise<Response> {
    return patiently(() => this.accepted({ method: 'GET', path }), this.patience)
  }

  /**
   * Change something, as the user.
   *
   * @throws Refused if the API says no.
   * @throws SessionEnded if the token was refused, and a new one cannot be had or is refused too.
   * @throws Unreachable if no answer came; the change may have been made all the same.
   */
  change(call: Call): Promise<Response> {
    // One that names the version that it changes finds another there, the second time.
    const once = !call.ifMatch
    return patiently(() => this.authorized(call), this.patience, once)
  }

  private async authorized(call: Call): Promise<Response> {
    const token = await this.renewal.token()
    try {
      return await this.accepted(call, token)
    } catch (error) {
      if (!isUnauthorized(error)) throw error
    }
    const renewed = await this.renewal.insteadOf(token)
    try {
      return await this.accepted(call, renewed)
    } catch (error) {
      throw isUnauthorized(error) ? new SessionEnded(error.code) : error
    }
  }

  private async accepted(call: Call, token?: string): Promise<Response> {
    const response = await this.answered(call, token)
    if (!response.ok) throw await refusal(response)
    return response
  }

  private async answered(call: Call, token?: string): Promise<Response> {
    const address = new URL(call.path, `${this.base}/`)
    const headers = new Headers({ Accept: 'application/json' })
    if (token) headers.set('Authorization', `Bearer ${token}`)
    if (call.ifMatch) headers.set('If-Match', call.ifMatch)
    if (call.body !== undefined) headers.set('Content-Type', 'application/json')
    try {
      return await fetch(address, {
        method: call.method,
        headers,
        body: call.body === undefined ? null : JSON.stringify(call.body),
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT),
      })
    } catch (error) {
      throw new Unreachable('The API gave no answer.', { cause: error })
    }
  }
}

function isUnauthorized(error: unknown): error is Refused {
  return error instanceof Refused && error.status === 401
}
