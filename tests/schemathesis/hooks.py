"""What schemathesis does not know by itself."""
import schemathesis


# JSON lines, CSV and workbooks are sent as the text or bytes that was made up for them.
@schemathesis.serializer("application/jsonl", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
