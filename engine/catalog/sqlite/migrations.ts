/**
 * The database's shape, as numbered steps: step n brings `PRAGMA user_version` n - 1 to n, and the `migrations` table
 * says when. A step that was released is never changed; a new one is added.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL) STRICT;

  -- Every change of a product takes the next number as its revision, so that a revision is never used twice, not even
  -- by a product that was deleted and added again.
  CREATE TABLE change_counter (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
  INSERT INTO change_counter VALUES (1, 0);

  CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,          -- folded, for sorting
    category TEXT NOT NULL,
    price TEXT,                      -- as given, for showing
    price_units INTEGER,             -- exact, in 1/10000 of the currency's main unit, for comparing
    currency TEXT,
    brand TEXT NOT NULL,
    barcode TEXT,                    -- as given
    barcode_key TEXT UNIQUE,         -- one key for EAN-13 and UPC-A
    revision INTEGER NOT NULL UNIQUE,
    index_state TEXT NOT NULL CHECK (index_state IN ('pending', 'indexed', 'failed')),
    index_reason TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX products_by_name ON products (name_key, sku);
  CREATE INDEX products_by_category ON products (category, name_key, sku);
  CREATE INDEX products_by_brand ON products (brand);
  CREATE INDEX products_by_price ON products (price_units, name_key, sku);
  CREATE INDEX products_by_update ON products (updated_at, sku);
  CREATE INDEX products_by_index_state ON products (index_state, revision);

  -- The long texts, apart: filters, facets and sorting then walk rows a fifth as long.
  CREATE TABLE product_texts (
    id INTEGER PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    attributes TEXT NOT NULL         -- JSON object of strings
  ) STRICT;

  CREATE TABLE pictures (
    hash TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    thumbnail_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE product_pictures (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    hash TEXT NOT NULL REFERENCES pictures (hash),
    PRIMARY KEY (product_id, position),
    UNIQUE (product_id, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX product_pictures_by_hash ON product_pictures (hash);

  -- Deleted products whose vectors may still be in the index.
  CREATE TABLE tombstones (sku TEXT PRIMARY KEY, deleted_at TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Words of the products; holds no copy of the text. Prefix tables serve search while typing.
  CREATE VIRTUAL TABLE product_words USING fts5 (
    sku, name, brand, category, description, barcode,
    content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
  );
  `,
  // Of a confirmed photo, JSON: which run it was asked with, and when. A shop's own pictures have none.
  `
  ALTER TABLE product_pictures ADD COLUMN origin TEXT;
  CREATE INDEX product_pictures_confirmed ON product_pictures (product_id) WHERE origin IS NOT NULL;
  `,
  `
  ALTER TABLE products ADD COLUMN variant_group TEXT;
  CREATE INDEX products_by_variant_group ON products (variant_group, sku) WHERE variant_group IS NOT NULL;

  -- What a person decided about products that look alike; JSON.
  CREATE TABLE decisions (id TEXT PRIMARY KEY, time TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX decisions_by_time ON decisions (time);
  `,
  `
  -- What became of the products. An id is a number of the counter of changes.
  CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    job TEXT,                        -- the bulk edit, import, run or decision that it was a part of
    fields TEXT NOT NULL             -- JSON
  ) STRICT;
  CREATE INDEX changes_by_sku ON changes (sku, id);
  CREATE INDEX changes_by_job ON changes (job, id) WHERE job IS NOT NULL;
  CREATE INDEX changes_by_time ON changes (time);

  -- What was deleted: products, whole, and pictures that left a product. It keeps the pictures stored.
  CREATE TABLE bin (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'pictures')),
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    time TEXT NOT NULL,
    job TEXT,
    body TEXT                        -- the product, JSON
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bin_by_time ON bin (kind, time, id);
  CREATE INDEX bin_by_job ON bin (job, time) WHERE job IS NOT NULL;
  CREATE TABLE bin_pictures (
    bin_id TEXT NOT NULL REFERENCES bin (id) ON DELETE CASCADE,
    hash TEXT NOT NULL REFERENCES pictures (hash),
    PRIMARY KEY (bin_id, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bin_pictures_by_hash ON bin_pictures (hash);

  CREATE TABLE views (id TEXT PRIMARY KEY, name TEXT NOT NULL, search TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
