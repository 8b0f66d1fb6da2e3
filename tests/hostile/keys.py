"""RSA keys that are the same in every run, and what is done with the bare numbers of one.

A seed makes the key, so a signature that trips something today trips it tomorrow as well. Never use
such a key elsewhere: anybody can make it.
"""

import random
from functools import cache, lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.authz.testing import SigningKey

#: The exponent of nearly all RSA keys.
EXPONENT = 65537

_SMALL_PRIMES = [n for n in range(3, 1000, 2) if all(n % d for d in range(3, n, 2))]


class SeededKey(SigningKey):
    """A signing key whose numbers come from a seed.

    :param seed: equal seeds give equal keys, in every process.
    :param exponent: the public one.
    """

    def __init__(self, kid: str, seed: int, *, bits: int = 2048, exponent: int = EXPONENT) -> None:
        self.kid = kid
        self.private = _private_key(seed, bits, exponent)
        #: The modulus.
        self.n = self.private.public_key().public_numbers().n
        #: Bytes of the modulus.
        self.size = (self.n.bit_length() + 7) // 8

    def raw(self, message: bytes) -> bytes:
        """Return the RSA signature primitive of a message (RFC 8017, section 5.2.1), whatever it
        holds: no padding is added, and none is asked for."""
        return _raw(self.private, message)


def rs256(key: SigningKey, data: bytes) -> bytes:
    """Sign as RS256 does."""
    return key.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


# Slow in plain Python, and the corpus is made more than once in a run.
@lru_cache(maxsize=2048)
def _raw(key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    number, numbers = int.from_bytes(message), key.private_numbers()
    # In two halves, which takes a quarter of the time (RFC 8017, section 5.1.2).
    one = pow(number, numbers.dmp1, numbers.p)
    other = pow(number, numbers.dmq1, numbers.q)
    product = other + numbers.q * ((one - other) * numbers.iqmp % numbers.p)
    return product.to_bytes((key.key_size + 7) // 8)


@cache
def _private_key(seed: int, bits: int, exponent: int) -> rsa.RSAPrivateKey:
    source = random.Random(seed)
    p, q = (_prime(source, bits // 2, exponent) for _ in range(2))
    d = pow(exponent, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(exponent, p * q),
    ).private_key()


def _prime(source: random.Random, bits: int, exponent: int) -> int:
    """Return a number that is prime but for a chance of less than one in 2 ** 20, and fits the
    public exponent, a prime too."""
    while True:
        # The two highest bits, so that the product of two has all its bits.
        number = source.getrandbits(bits) | (3 << (bits - 2)) | 1
        fits = (number - 1) % exponent and all(number % small for small in _SMALL_PRIMES)
        if fits and _is_prime(source, number):
            return number


def _is_prime(source: random.Random, number: int) -> bool:
    """Ask Miller and Rabin."""
    odd, twos = number - 1, 0
    while not odd % 2:
        odd, twos = odd // 2, twos + 1
    for _ in range(10):
        power = pow(source.randrange(2, number - 1), odd, number)
        squares = (pow(power, 2**i, number) for i in range(twos))
        if power != 1 and number - 1 not in squares:
            return False
    return True
