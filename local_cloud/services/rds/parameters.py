# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parameters of the engine families: the part of AWS's list that people set, with the engines' defaults.

Source: `aws rds describe-engine-default-parameters` as its documentation and the engines' manuals describe it.
"""

from __future__ import annotations

from typing import Any

Parameter = dict[str, Any]

STATIC, DYNAMIC = "static", "dynamic"
BOOLEAN = "0,1"

# name: (type, allowed values, apply type, default or None where the engine decides)
Definition = tuple[str, str, str, str | None]

MYSQL: dict[str, Definition] = {
    "autocommit": ("boolean", BOOLEAN, DYNAMIC, "1"),
    "binlog_format": ("string", "ROW,STATEMENT,MIXED,OFF", DYNAMIC, "ROW"),
    "binlog_row_image": ("string", "full,minimal,noblob", DYNAMIC, None),
    "character_set_client": ("string", "", DYNAMIC, None),
    "character_set_connection": ("string", "", DYNAMIC, None),
    "character_set_database": ("string", "", DYNAMIC, None),
    "character_set_results": ("string", "", DYNAMIC, None),
    "character_set_server": ("string", "", DYNAMIC, None),
    "collation_connection": ("string", "", DYNAMIC, None),
    "collation_server": ("string", "", DYNAMIC, None),
    "connect_timeout": ("integer", "2-31536000", DYNAMIC, None),
    "enforce_gtid_consistency": ("string", "OFF,WARN,ON", DYNAMIC, None),
    "event_scheduler": ("string", "ON,OFF", DYNAMIC, None),
    "explicit_defaults_for_timestamp": ("boolean", BOOLEAN, DYNAMIC, "1"),
    "general_log": ("boolean", BOOLEAN, DYNAMIC, None),
    "group_concat_max_len": ("integer", "4-18446744073709547520", DYNAMIC, None),
    "gtid-mode": ("string", "OFF,OFF_PERMISSIVE,ON_PERMISSIVE,ON", DYNAMIC, None),
    "innodb_adaptive_hash_index": ("boolean", BOOLEAN, DYNAMIC, None),
    "innodb_buffer_pool_size": ("integer", "5242880-9223372036854775807", DYNAMIC, "{DBInstanceClassMemory*3/4}"),
    "innodb_file_per_table": ("boolean", BOOLEAN, DYNAMIC, "1"),
    "innodb_flush_log_at_trx_commit": ("integer", "0-2", DYNAMIC, "1"),
    "innodb_io_capacity": ("integer", "100-18446744073709551615", DYNAMIC, None),
    "innodb_lock_wait_timeout": ("integer", "1-1073741824", DYNAMIC, None),
    "innodb_print_all_deadlocks": ("boolean", BOOLEAN, DYNAMIC, None),
    "interactive_timeout": ("integer", "1-31536000", DYNAMIC, None),
    "local_infile": ("boolean", BOOLEAN, DYNAMIC, None),
    "log_bin_trust_function_creators": ("boolean", BOOLEAN, DYNAMIC, None),
    "log_error_verbosity": ("integer", "1-3", DYNAMIC, None),
    "log_output": ("string", "TABLE,FILE,NONE", DYNAMIC, "TABLE"),
    "log_queries_not_using_indexes": ("boolean", BOOLEAN, DYNAMIC, None),
    "long_query_time": ("float", "0-31536000", DYNAMIC, None),
    "lower_case_table_names": ("boolean", BOOLEAN, STATIC, None),
    "max_allowed_packet": ("integer", "1024-1073741824", DYNAMIC, None),
    "max_connections": ("integer", "1-100000", DYNAMIC, "{DBInstanceClassMemory/12582880}"),
    "max_execution_time": ("integer", "0-18446744073709551615", DYNAMIC, None),
    "net_read_timeout": ("integer", "1-31536000", DYNAMIC, None),
    "net_write_timeout": ("integer", "1-31536000", DYNAMIC, None),
    "performance_schema": ("boolean", BOOLEAN, STATIC, "0"),
    "read_only": ("string", "0,1,{TrueIfReplica}", DYNAMIC, "{TrueIfReplica}"),
    "require_secure_transport": ("boolean", BOOLEAN, DYNAMIC, "0"),
    "server_audit_logging": ("boolean", BOOLEAN, DYNAMIC, None),
    "slow_query_log": ("boolean", BOOLEAN, DYNAMIC, None),
    "sql_mode": ("list", "", DYNAMIC, None),
    "sync_binlog": ("integer", "0-4294967295", DYNAMIC, "1"),
    "table_open_cache": ("integer", "1-524288", DYNAMIC, None),
    "thread_cache_size": ("integer", "0-16384", DYNAMIC, None),
    "time_zone": ("string", "", DYNAMIC, None),
    "tls_version": ("list", "TLSv1.2,TLSv1.3", STATIC, None),
    "tmp_table_size": ("integer", "1024-9223372036854775807", DYNAMIC, None),
    "transaction_isolation": (
        "string",
        "READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE",
        DYNAMIC,
        None,
    ),
    "wait_timeout": ("integer", "1-31536000", DYNAMIC, None),
}

POSTGRES: dict[str, Definition] = {
    "autovacuum": ("boolean", BOOLEAN, DYNAMIC, None),
    "autovacuum_max_workers": ("integer", "1-262143", STATIC, "{GREATEST(DBInstanceClassMemory/64371566592,3)}"),
    "checkpoint_timeout": ("integer", "30-86400", DYNAMIC, None),
    "default_statistics_target": ("integer", "1-10000", DYNAMIC, None),
    "effective_cache_size": ("integer", "1-2147483647", DYNAMIC, "{DBInstanceClassMemory/16384}"),
    "idle_in_transaction_session_timeout": ("integer", "0-2147483647", DYNAMIC, "86400000"),
    "lock_timeout": ("integer", "0-2147483647", DYNAMIC, None),
    "log_connections": ("boolean", BOOLEAN, DYNAMIC, None),
    "log_disconnections": ("boolean", BOOLEAN, DYNAMIC, None),
    "log_lock_waits": ("boolean", BOOLEAN, DYNAMIC, None),
    "log_min_duration_statement": ("integer", "-1-2147483647", DYNAMIC, None),
    "log_statement": ("string", "none,ddl,mod,all", DYNAMIC, None),
    "log_temp_files": ("integer", "-1-2147483647", DYNAMIC, None),
    "maintenance_work_mem": (
        "integer",
        "1024-2147483647",
        DYNAMIC,
        "{GREATEST(DBInstanceClassMemory*1024/63963136,65536)}",
    ),
    "max_connections": ("integer", "6-262143", STATIC, "{LEAST(DBInstanceClassMemory/9531392,5000)}"),
    "max_wal_size": ("integer", "128-201326592", DYNAMIC, None),
    "password_encryption": ("string", "md5,scram-sha-256", DYNAMIC, "scram-sha-256"),
    "pg_stat_statements.track": ("string", "TOP,ALL,NONE", DYNAMIC, "TOP"),
    "random_page_cost": ("float", "0-1.79769e+308", DYNAMIC, None),
    "rds.force_ssl": ("boolean", BOOLEAN, DYNAMIC, "1"),
    "rds.logical_replication": ("boolean", BOOLEAN, STATIC, "0"),
    "shared_buffers": ("integer", "16-1073741823", STATIC, "{DBInstanceClassMemory/32768}"),
    "shared_preload_libraries": ("list", "", STATIC, "pg_stat_statements"),
    "statement_timeout": ("integer", "0-2147483647", DYNAMIC, None),
    "temp_buffers": ("integer", "100-1073741823", DYNAMIC, None),
    "timezone": ("string", "", DYNAMIC, None),
    "track_activity_query_size": ("integer", "100-1048576", STATIC, "4096"),
    "wal_buffers": ("integer", "-1-262143", STATIC, None),
    "work_mem": ("integer", "64-2147483647", DYNAMIC, None),
}


def of_family(family: str) -> dict[str, Definition]:
    return POSTGRES if "postgres" in family else MYSQL


def described(name: str, definition: Definition) -> Parameter:
    """As DescribeDBParameters returns one that nobody set."""
    data_type, allowed, apply_type, default = definition
    made = {
        "ParameterName": name,
        "Description": name.replace("_", " "),
        "Source": "engine-default" if default is None else "system",
        "ApplyType": apply_type,
        "DataType": data_type,
        "IsModifiable": True,
        "ApplyMethod": "pending-reboot",
    }
    if allowed:
        made["AllowedValues"] = allowed
    if default is not None:
        made["ParameterValue"] = default
    return made


def is_allowed(definition: Definition, value: str) -> bool:
    """Enumerations and integer ranges; formulas ({DBInstanceClassMemory/..}) pass."""
    data_type, allowed, _, _ = definition
    if not allowed or value.startswith("{"):
        return True
    if data_type == "integer" and "," not in allowed:
        low, _, high = allowed.removeprefix("-").partition("-")
        lowest = -int(low) if allowed.startswith("-") else int(low)
        return value.lstrip("-").isdigit() and lowest <= int(value) <= int(high)
    if data_type in ("boolean", "string"):
        return value.lower() in [one.lower() for one in allowed.split(",")]
    return True
