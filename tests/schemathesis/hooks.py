"""What schemathesis does not know by itself."""
import os

import schemathesis


# JSON lines, CSV and workbooks are sent as the text or bytes that was made up for them.
@schemathesis.serializer("application/jsonl", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


# Whoever signs in is whom the token says, not a header.
TOKEN = os.environ.get("BAODAO_API_TOKEN")
# What nobody who asks may be told: it stands in the vault, elsewhere.
MARKER = os.environ.get("BAODAO_API_MARKER")

if TOKEN:

    @schemathesis.hook
    def before_call(ctx, case, kwargs):
        for name in ("Baodao-Actor", "Authorization", "Cookie"):
            case.headers.pop(name, None)
        case.cookies.clear()
        case.headers["Authorization"] = f"Bearer {TOKEN}"


if MARKER:

    @schemathesis.check
    def tells_nothing_of_others(ctx, response, case):
        assert MARKER.encode() not in response.content, f"{case.method} {case.path} tells what is in the vault"
