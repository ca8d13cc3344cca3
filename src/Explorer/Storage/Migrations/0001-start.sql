-- Names this life of the database: a node that knows another epoch reads its feed anew.
create table life (epoch text not null) strict;

-- document: the signed order in its envelope, as canonical JSON; the other columns are there to find it.
-- change: position of the last change in the sequence of the node.
create table reservations (
    number integer primary key autoincrement,
    digest text not null unique,
    user text not null,
    nonce text not null,
    node text not null,
    change integer not null,
    document text not null,
    unique (user, nonce),
    unique (node, change)
) strict;
create index reservations_of_user on reservations (user, number);
create index reservations_on_node on reservations (node, number);

create table follow_ups (
    reservation integer not null references reservations (number),
    position integer not null,
    document text not null,
    primary key (reservation, position)
) strict, without rowid;

-- The last change of each node. Kept beside the reservations, so that the sequence never goes back, whatever is removed from them.
create table feeds (node text primary key, last integer not null) strict, without rowid;

create table receipts (
    node text not null,
    sequence integer not null,
    hash text not null,
    reservation text not null,
    document text not null,
    primary key (node, sequence)
) strict;
create index receipts_about on receipts (reservation, sequence);

-- created: ticks of 100 ns since year 1, UTC, so that the newest registration wins.
create table nodes (id text primary key, created integer not null, document text not null) strict;
create table farms (id text primary key, created integer not null, document text not null) strict;
