/** Where access tokens come from. */
export interface TokenSource {
  /**
   * Return an access token.
   *
   * @param fresh whether it must be a new one, whatever time the present one claims to have left.
   * @throws SessionEnded if the user has to sign in.
   * @throws SignInUnreachable if the sign-in service does not answer.
   */
  accessToken(fresh: boolean): Promise<string>
}

/** Renews tokens once, however many requests find at the same time that theirs is refused. */
export class Renewal {
  private running: Promise<string> | undefined

  constructor(private readonly source: TokenSource) {}

  async token(): Promise<string> {
    return this.running ?? this.source.accessToken(false)
  }

  /** Return a token other than the one that was refused. */
  async insteadOf(refused: string): Promise<string> {
    if (!this.running) {
      const current = await this.source.accessToken(false)
      // Another request has renewed it since this one was sent.
      if (current !== refused) return current
    }
    this.running ??= this.source.accessToken(true).finally(() => {
      this.running = undefined
    })
    return this.running
  }
}
