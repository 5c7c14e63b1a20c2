"""The state of collections as a short text: what every entity tag of this room is made of."""

from psycopg import sql

# One parameter: collection ids. The instant beside the number tells a database that was made anew from the old one.
STATE = sql.SQL(
    "(SELECT coalesce(string_agg(revision || '.' || to_hex((extract(epoch FROM changed_at) * 1000000)::bigint), '-'"
    " ORDER BY collection), '0') FROM layers_revision WHERE collection = ANY(%s))"
)
