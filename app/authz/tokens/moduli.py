"""RSA moduli that can be factored by looking at them, so that their owner is not alone."""

from functools import cache
from math import gcd, prod

#: The first 126 primes.
_PRIMES = [n for n in range(2, 702) if all(n % d for d in range(2, n))]
_PRODUCT = prod(_PRIMES)


@cache
def _powers() -> dict[int, frozenset[int]]:
    """Return for each prime but 2 what the powers of 65537 leave of it.

    Chips of one maker chose both primes among those powers modulo the product of these, and more of
    them for longer keys (ROCA, CVE-2017-15361). So is n, then. That an honest n of 2048 bits or
    more is so by chance has a probability of less than 2 ** -100.
    """
    return {
        prime: frozenset(pow(65537, exponent, prime) for exponent in range(prime))
        for prime in _PRIMES[1:]
    }


def is_weak(modulus: int) -> bool:
    """Say whether a modulus has a small factor (NIST SP 800-89, section 5.3.3) or the mark of ROCA.

    :param modulus: of 2048 bits or more.
    """
    if gcd(modulus, _PRODUCT) != 1:
        return True
    return all(modulus % prime in powers for prime, powers in _powers().items())
