"""The guards of an app as parts of its OpenAPI 3.1 document: plain dicts, whoever makes the rest.

    guards = DescribedGuards(app)
    components["securitySchemes"] = guards.security_schemes()
    components["schemas"]["Problem"] = PROBLEM
    for route in routes(app):
        operation["security"] = guards.security(route.guard)
        operation["responses"] |= guards.responses(route.guard)

They are drawn from the guards in force, so they cannot say anything else.
"""

from .answers import PROBLEM, RETRY_AFTER, Refusal, problem_response
from .guards import DescribedGuards

__all__ = ["PROBLEM", "RETRY_AFTER", "DescribedGuards", "Refusal", "problem_response"]
