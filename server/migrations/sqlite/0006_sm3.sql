-- The second tree of the log, of the same leaves with SM3, where it is asked for: its largest complete subtrees, from the left. Empty
-- elsewhere. It can be made again from the events.
CREATE TABLE log_sm3 (
    one   integer NOT NULL PRIMARY KEY CHECK (one = 1),
    size  integer NOT NULL CHECK (size >= 0),
    peaks text    NOT NULL
) STRICT;
