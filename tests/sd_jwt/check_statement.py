"""check_statement.py KEY < STATEMENT: verifies the statement of a record (RFC 9901) with a library that knows nothing of Baodao, and
prints what it states as JSON. KEY is the 32 bytes of the public key in Base 64 for URLs."""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

key = JWK(kty="OKP", crv="Ed25519", x=sys.argv[1])
statement = sys.stdin.read()
verified = SDJWTVerifier(statement, lambda issuer, header: key).get_verified_payload()
shown = len([part for part in statement.split("~")[1:] if part])
if shown != ("name" in verified):
    sys.exit("something is shown that is not what was signed")
print(json.dumps(verified))
