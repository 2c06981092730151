/**
 * Functions that act on the server, on other sessions or on more than the rows a SELECT reads, and those that run SQL given as text. A
 * function of the user's own may do anything: what it does is not in the text.
 */
export const ACTING_FUNCTIONS: ReadonlySet<string> = new Set(
  `pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_promote pg_switch_wal pg_switch_xlog pg_create_restore_point
  pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_wal_replay_pause pg_wal_replay_resume pg_logical_emit_message
  pg_create_physical_replication_slot pg_create_logical_replication_slot pg_copy_physical_replication_slot
  pg_copy_logical_replication_slot pg_drop_replication_slot pg_replication_slot_advance pg_logical_slot_get_changes
  pg_logical_slot_get_binary_changes pg_sync_replication_slots pg_replication_origin_create pg_replication_origin_drop
  pg_replication_origin_advance pg_replication_origin_session_setup
  pg_stat_reset pg_stat_reset_shared pg_stat_reset_single_table_counters pg_stat_reset_single_function_counters pg_stat_reset_slru
  pg_stat_reset_replication_slot pg_stat_reset_subscription_stats pg_stat_statements_reset pg_import_system_collations
  pg_restore_relation_stats pg_restore_attribute_stats pg_clear_relation_stats pg_clear_attribute_stats
  setval lo_create lo_creat lo_from_bytea lo_put lo_unlink lo_import lo_export lo_truncate lo_truncate64 lowrite
  query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml
  dblink dblink_exec dblink_open dblink_send_query crosstab connectby
  pg_file_write pg_file_rename pg_file_unlink pg_file_sync pg_background_launch
  drop_chunks add_retention_policy remove_retention_policy create_hypertable create_distributed_table undistribute_table
  master_remove_node citus_remove_node run_command_on_workers run_command_on_shards
  schedule schedule_in_database unschedule alter_job add_job delete_job run_job`
    .split(/\s+/)
    .filter(Boolean),
)
