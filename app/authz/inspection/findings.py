"""What comes of holding one token to every rule."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeVar

from ..errors import AuthzError
from ..settings import Issuer
from ..tokens import compact, rules
from ..tokens.authenticator import Authenticator
from ..tokens.compact import Header
from ..tokens.discovery import Published
from ..tokens.introspection import Found
from ..tokens.jose import VerificationKey
from ..tokens.keys import IssuerKeys
from ..tokens.rules import Expected

Answer = TypeVar("Answer")

#: Stands in where nobody has said what to expect. The rules that would look at it are skipped.
NOBODY = Issuer("https://issuer.invalid/", ["-"])


class Kind(StrEnum):
    """What a token is, as far as anybody can see who does not ask its issuer."""

    NOTHING = "nothing"
    OPAQUE = "opaque"
    ENCRYPTED = "encrypted"
    MALFORMED = "malformed"
    ID_TOKEN = "id_token"  # noqa: S105 - a name, not a secret
    ACCESS_TOKEN = "access_token"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one rule."""

    rule: str
    result: Literal["pass", "fail", "skipped"]
    wanted: object = None
    found: object = None
    reason: str = ""
    cure: str = ""
    #: The refusal that a request would get; None if the rule is not broken.
    error: AuthzError | None = None


@dataclass(slots=True)
class Inspection:
    """A token on its way through the rules. What is known of it grows with each step.

    None stands for what is not known, because it is not there or could not be read.
    """

    #: The token.
    text: str = field(repr=False)
    authenticator: Authenticator
    #: One for each rule, in the order in which requests are held to them.
    findings: list[Finding] = field(default_factory=list)
    parts: list[str] | None = field(default=None, repr=False)
    #: The members of its header, of any shape.
    unverified_header: dict[str, Any] | None = None
    #: The two of them that matter, if they have the right types.
    header: Header | None = None
    #: What it says itself; of a token that only its issuer can read, what that says.
    unverified_claims: dict[str, Any] | None = None
    introspected: Found | None = None
    #: Of the issuer that the token claims to be from, which is one of ours.
    keys: IssuerKeys | None = None
    published: Published | None = None
    key: VerificationKey | None = None

    def ask(
        self,
        rule: str,
        question: Callable[[], Answer],
        *,
        wanted: object = None,
        found: object = None,
        after: tuple[str, ...] = (),
    ) -> Answer | None:
        """Hold the token to a rule and note what comes of it.

        :param question: returns an answer, or raises the refusal.
        :param wanted: what the rule asks for, where a refusal does not say it.
        :param found: what the token has, where a refusal does not say it.
        :param after: rules whose answers the question needs: it is not asked unless all passed.
        :returns: the answer, or None if there is none.
        """
        broken = next((each for each in self._of(after) if each.result != "pass"), None)
        if broken is not None:
            # What was skipped itself names the rule where it began.
            reason = broken.reason if broken.result == "skipped" else f"because of {broken.rule}"
            self.findings.append(Finding(rule, "skipped", reason=reason))
            return None
        try:
            answer = question()
        except AuthzError as error:
            self.findings.append(
                Finding(
                    rule,
                    "fail",
                    wanted=wanted if error.wanted is None else error.wanted,
                    found=found if error.found is None else error.found,
                    reason=error.reason,
                    cure=error.cure,
                    error=error,
                )
            )
            return None
        self.findings.append(Finding(rule, "pass", wanted=wanted, found=found))
        return answer

    def passed(self, rule: str) -> bool:
        """Say whether a rule was asked and is not broken."""
        return any(each.result == "pass" for each in self._of((rule,)))

    def _of(self, rules: tuple[str, ...]) -> list[Finding]:
        return [each for each in self.findings if each.rule in rules]

    @property
    def is_introspected(self) -> bool:
        """Whether the issuer is asked what the token is, as it is for requests."""
        return self.authenticator.introspection is not None and compact.is_opaque(self.text)

    @property
    def vouched(self) -> bool:
        """Whether its issuer stands by what is known of the token."""
        return self.passed("signature") or self.passed("introspection")

    @property
    def refusal(self) -> AuthzError | None:
        """What a request with the token would get; None if it would be let in, as far as the token
        goes."""
        return next((each.error for each in self.findings if each.error is not None), None)

    @property
    def expected(self) -> Expected:
        """What the token is held against: what its issuer is, or else what the first of ours is."""
        if self.introspected:
            return self.authenticator.expected(
                self.introspected.issuer, self.introspected.issuer_name
            )
        ours = self.authenticator.issuers.configured
        first = ours[0].issuer if ours else NOBODY
        issuer = self.keys.issuer if self.keys else first
        name = issuer.url if self.published is None else self.published.issuer
        return self.authenticator.expected(issuer, name)

    @property
    def kind(self) -> Kind:
        """What the token is."""
        if not self.text:
            return Kind.NOTHING
        if self.parts is None:
            return Kind.ENCRYPTED if self.text.count(".") == 4 else Kind.OPAQUE
        if self.unverified_header is None or self.unverified_claims is None:
            return Kind.MALFORMED
        is_access_token = self.passed(rules.no_id_token.__name__)
        return Kind.ACCESS_TOKEN if is_access_token else Kind.ID_TOKEN
