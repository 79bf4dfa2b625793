"""The tables of the company file, and how it is emptied."""

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS company (realm TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (
  realm TEXT NOT NULL, space TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (realm, space));
CREATE TABLE IF NOT EXISTS record (
  realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
  sync_token INTEGER NOT NULL, created REAL NOT NULL, updated REAL NOT NULL, writer TEXT NOT NULL,
  name_key TEXT, active INTEGER NOT NULL, txn_date TEXT, party INTEGER, number_key TEXT,
  PRIMARY KEY (realm, entity, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_by_id ON record (realm, entity, id, active);
CREATE INDEX IF NOT EXISTS record_by_name ON record (realm, entity, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_by_date ON record (realm, entity, txn_date, id);
CREATE INDEX IF NOT EXISTS record_by_update ON record (realm, entity, updated, id);
CREATE INDEX IF NOT EXISTS record_by_party ON record (realm, entity, party, id) WHERE party IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_by_number ON record (realm, entity, number_key)
  WHERE number_key IS NOT NULL;
CREATE TABLE IF NOT EXISTS posting (
  realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, line INTEGER NOT NULL,
  account INTEGER NOT NULL, txn_date TEXT NOT NULL, cents INTEGER NOT NULL, party TEXT NOT NULL,
  PRIMARY KEY (realm, entity, id, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posting_by_account ON posting (realm, account, txn_date);
CREATE TABLE IF NOT EXISTS history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL,
  sync_token INTEGER NOT NULL, at REAL NOT NULL, writer TEXT NOT NULL, operation TEXT NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS history_by_record ON history (realm, entity, id, seq);
CREATE INDEX IF NOT EXISTS history_of_deletions ON history (realm, entity, at, id) WHERE operation = 'delete';
CREATE TABLE IF NOT EXISTS applied (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, realm TEXT NOT NULL, request_id TEXT, b_id TEXT,
  entity TEXT NOT NULL, id INTEGER NOT NULL, operation TEXT NOT NULL, at REAL NOT NULL, writer TEXT NOT NULL,
  caller TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS applied_by_realm ON applied (realm, seq);
CREATE TABLE IF NOT EXISTS replay (
  realm TEXT NOT NULL, request_id TEXT NOT NULL, b_id TEXT NOT NULL, status INTEGER NOT NULL,
  content_type TEXT NOT NULL, body BLOB NOT NULL, items TEXT NOT NULL, at REAL NOT NULL,
  digest TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (realm, request_id, b_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, form TEXT NOT NULL, attempts INTEGER NOT NULL,
  due REAL NOT NULL);
CREATE TABLE IF NOT EXISTS attached_file (
  realm TEXT NOT NULL, id INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (realm, id));
CREATE TABLE IF NOT EXISTS connection (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT NOT NULL, realm TEXT NOT NULL, scope TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  code TEXT NOT NULL UNIQUE, code_expires REAL NOT NULL, code_spent INTEGER NOT NULL DEFAULT 0,
  refresh_token TEXT UNIQUE, refresh_issued REAL, refresh_expires REAL, hard_expires REAL NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS access_token (
  token TEXT PRIMARY KEY, connection INTEGER NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replaced_refresh (token TEXT PRIMARY KEY, connection INTEGER NOT NULL) WITHOUT ROWID;
"""
# The key that id tokens are signed with stays: whoever has fetched the key set may go on trusting it.
EMPTY: Final = """
DELETE FROM setting WHERE name <> 'signing_key';
DELETE FROM company; DELETE FROM counter; DELETE FROM record; DELETE FROM posting;
DELETE FROM history; DELETE FROM applied; DELETE FROM attached_file;
DELETE FROM replay; DELETE FROM delivery;
DELETE FROM connection; DELETE FROM access_token; DELETE FROM replaced_refresh;
"""
