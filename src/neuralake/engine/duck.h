#pragma once

// The one place through which this room sees DuckDB: precompiled, and included by no other room.

#include <duckdb.hpp>
#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/arrow/arrow_appender.hpp>
#include <duckdb/common/arrow/arrow_converter.hpp>
#include <duckdb/common/multi_file/multi_file_reader.hpp>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/execution/physical_operator.hpp>
#include <duckdb/function/table_function.hpp>
#include <duckdb/main/client_context_state.hpp>
#include <duckdb/main/database_manager.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/parser_options.hpp>
#include <duckdb/planner/expression/list.hpp>
#include <duckdb/planner/filter/expression_filter.hpp>
#include <duckdb/planner/filter/list.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/storage/storage_extension.hpp>
