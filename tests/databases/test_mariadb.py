# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""sql_compare between two servers of MariaDB: the same is the same, and each kind of damage is found and named."""

from __future__ import annotations

import pytest

from tests.databases.conftest import Pair

ROWS = 2500

SHOP = (
    """CREATE TABLE customers (
      id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) NOT NULL DEFAULT 'nobody', note TEXT,
      balance DECIMAL(20,6), rate DOUBLE, ratio FLOAT, seen TIMESTAMP(6) NULL, met DATETIME, born DATE, woken TIME,
      document JSON, flags BIT(4), code VARBINARY(8), kind ENUM('a', 'b'), tags SET('x', 'y'), picture LONGBLOB,
      place POINT, address INET6, upper_name VARCHAR(50) AS (UPPER(name)) VIRTUAL,
      size INT AS (CHAR_LENGTH(name)) STORED, KEY by_name (name, born))""",
    f"""INSERT INTO customers (id, name, note, balance, rate, ratio, seen, met, born, woken, document, flags, code,
        kind, tags, picture, place, address)
      SELECT seq, CONCAT('name ', seq), REPEAT('ä', seq % 90), seq / 7, seq / 7e0, seq / 7e0,
        '2026-03-01 12:00:00' + INTERVAL seq HOUR, '2026-03-01' + INTERVAL seq MINUTE, '1970-01-01' + INTERVAL seq DAY,
        SEC_TO_TIME(seq), JSON_OBJECT('n', seq), seq % 16, UNHEX(LPAD(HEX(seq), 8, '0')), IF(seq % 2, 'a', 'b'),
        IF(seq % 3, 'x,y', ''), REPEAT(CHAR(seq % 256), seq % 50), POINT(seq, 1), CONCAT('::', HEX(seq % 60000))
      FROM seq_1_to_{ROWS}""",
    "UPDATE customers SET note = NULL, kind = NULL, rate = NULL WHERE id % 10 = 3",
    "UPDATE customers SET note = '' WHERE id = 42",
    """CREATE TABLE items (customer BIGINT, sku VARCHAR(20), amount INT, PRIMARY KEY (customer, sku),
      CONSTRAINT items_customer FOREIGN KEY (customer) REFERENCES customers (id),
      CONSTRAINT enough CHECK (amount >= 0))""",
    f"INSERT INTO items SELECT 1 + seq % 100, CONCAT('sku%', seq), seq FROM seq_1_to_{ROWS}",
    "CREATE TABLE visits (at DATETIME, what VARCHAR(20))",
    f"INSERT INTO visits SELECT '2026-01-01' + INTERVAL seq % 300 HOUR, seq % 7 FROM seq_1_to_{ROWS}",
    "CREATE VIEW rich AS SELECT id, name FROM customers WHERE balance > 100",
    "CREATE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
    "CREATE TRIGGER items_amount BEFORE INSERT ON items FOR EACH ROW SET NEW.amount = ABS(NEW.amount)",
    "CREATE PROCEDURE forget (IN old INT) DELETE FROM visits WHERE at < NOW() - INTERVAL old DAY",
    "CREATE EVENT forgetting ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01' DO CALL forget(30)",
    "CREATE SEQUENCE numbers START WITH 100",
    "SELECT NEXTVAL(numbers)",
)

DAMAGES = {
    "row missing": ("DELETE FROM customers WHERE id = 1777", "customers: rows by id: missing 1777"),
    "first row missing": ("DELETE FROM items WHERE customer = 1 AND sku = 'sku%100'", "missing 1/sku%100"),
    "row extra": ("INSERT INTO customers (id) VALUES (2501)", "extra 2501"),
    "row extra before all others": ("INSERT INTO customers (id) VALUES (-5)", "extra -5"),
    "row extra far behind": ("INSERT INTO customers (id) VALUES (9000000000000000001)", "extra 9000000000000000001"),
    "one byte changed": ("UPDATE customers SET picture = CONCAT('!', SUBSTR(picture, 2)) WHERE id = 77", "changed 77"),
    "one bit changed": ("UPDATE customers SET flags = flags ^ 1 WHERE id = 5", "changed 5"),
    "trailing space": ("UPDATE customers SET name = CONCAT(name, ' ') WHERE id = 800", "changed 800"),
    "other case": ("UPDATE customers SET name = 'NAME 801' WHERE id = 801", "changed 801"),
    "other accent": ("UPDATE customers SET note = REPLACE(note, 'ä', 'a') WHERE id = 802", "changed 802"),
    "time zone shift": ("UPDATE customers SET seen = seen + INTERVAL 1 HOUR WHERE id = 900", "changed 900"),
    "microsecond": ("UPDATE customers SET seen = seen + INTERVAL 1 MICROSECOND WHERE id = 901", "changed 901"),
    "last digit of a double": ("UPDATE customers SET rate = 142.71428571428574 WHERE id = 999", "changed 999"),
    "last digit of a float": ("UPDATE customers SET ratio = 142.71430 WHERE id = 999", "changed 999"),
    "last digit of a decimal": ("UPDATE customers SET balance = balance + 0.000001 WHERE id = 1", "changed 1"),
    "truncated text": ("UPDATE customers SET note = LEFT(note, 20) WHERE id = 1529", "changed 1529"),
    "NULL for empty": ("UPDATE customers SET note = NULL WHERE id = 42", "changed 42"),
    "empty for NULL": ("UPDATE customers SET note = '' WHERE id = 13", "changed 13"),
    "text to the next column": ("UPDATE items SET amount = 12 WHERE customer = 2 AND sku = 'sku%1'", "changed 2/sku%1"),
    "json": ("UPDATE customers SET document = JSON_OBJECT('n', '7') WHERE id = 7", "changed 7"),
    "two rows swapped": ("UPDATE customers SET name = IF(id = 8, 'name 9', 'name 8') WHERE id IN (8, 9)",
                         "changed 8, 9"),
    "duplicate without key": ("INSERT INTO visits SELECT * FROM visits LIMIT 1", "visits: digests of rows: extra "),
    "row missing without key": ("DELETE FROM visits WHERE what = '3' LIMIT 1", "visits: digests of rows: missing "),
    "row changed without key": ("UPDATE visits SET what = 'x' LIMIT 1", "visits: digests of rows: missing "),
    "table missing": ("DROP TABLE visits", "table visits is missing"),
    "table extra": ("CREATE TABLE more (id INT)", "table more is extra"),
    "wrong collation": ("ALTER TABLE items MODIFY sku VARCHAR(20) COLLATE utf8mb4_bin",
                        "column items.sku is changed (collation_name)"),
    "wrong type": ("ALTER TABLE items MODIFY amount BIGINT", "column items.amount is changed (column_type)"),
    "changed default": ("ALTER TABLE customers ALTER name SET DEFAULT 'somebody'",
                        "column customers.name is changed (column_default)"),
    "nullable": ("ALTER TABLE customers MODIFY name VARCHAR(50) DEFAULT 'nobody'",
                 "customers.name is changed (is_null"),
    "missing index": ("ALTER TABLE customers DROP KEY by_name", "index customers.by_name is missing"),
    "index of other columns": ("ALTER TABLE customers DROP KEY by_name, ADD KEY by_name (born, name)",
                               "index customers.by_name is changed (columns)"),
    "missing reference": ("ALTER TABLE items DROP FOREIGN KEY items_customer",
                          "constraint items.items_customer is missing"),
    "other check": ("ALTER TABLE items DROP CONSTRAINT enough, ADD CONSTRAINT enough CHECK (amount > -9)",
                    "constraint items.enough is changed (definition)"),
    "other view": ("CREATE OR REPLACE VIEW rich AS SELECT id, name FROM customers WHERE balance > 99",
                   "view rich is changed (view_definition)"),
    "other function": ("CREATE OR REPLACE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN 3 * n",
                       "function twice is changed (routine_definition)"),
    "other parameter": ("DROP PROCEDURE forget; CREATE PROCEDURE forget (IN old BIGINT) DELETE FROM visits "
                        "WHERE at < NOW() - INTERVAL old DAY",
                        "parameter procedure forget.1 is changed (dtd_identifier)"),
    "other event": ("ALTER EVENT forgetting ON SCHEDULE EVERY 2 DAY STARTS '2026-01-01'",
                    "event forgetting is changed (interval_value)"),
    "trigger missing": ("DROP TRIGGER items_amount", "trigger items_amount is missing"),
    "sequence behind": ("ALTER SEQUENCE numbers RESTART 50", "sequence numbers is behind"),
    "auto increment behind": ("DELETE FROM customers WHERE id > 2490; ALTER TABLE customers AUTO_INCREMENT = 2491",
                              "sequence customers (AUTO_INCREMENT) is behind (next)"),
    "other default collation": ("ALTER DATABASE shop COLLATE utf8mb4_bin", "database settings is changed (collation)"),
}  # fmt: skip


@pytest.fixture
def shop(mariadb_pair: Pair) -> Pair:
    mariadb_pair.fill(*SHOP)
    return mariadb_pair


def test_equal_databases_pass(shop: Pair) -> None:
    result = shop.compare(shop.source, shop.target)
    assert (result["verdict"], result["evidence"]["not_compared"]) == ("pass", [])
    assert result["reason"] == f"the schemas and all {3 * ROWS} rows of 3 tables are the same"
    assert result["changed"] is False
    assert result["evidence"]["rows"] == {"source": 3 * ROWS, "target": 3 * ROWS}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_fails_with_table_and_key(shop: Pair, damage: str) -> None:
    shop.fails(*DAMAGES[damage])
