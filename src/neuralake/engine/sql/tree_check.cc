#include "neuralake/engine/sql/tree_check.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include <duckdb/parser/common_table_expression_info.hpp>
#include <duckdb/parser/expression/list.hpp>
#include <duckdb/parser/query_node/list.hpp>
#include <duckdb/parser/statement/delete_statement.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/statement/merge_into_statement.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/statement/update_statement.hpp>
#include <duckdb/parser/tableref/list.hpp>
#include <duckdb/parser/tableref/showref.hpp>

#include "neuralake/base/words.h"
#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/catalog_names.h"
#include "neuralake/engine/sql/function_policy.h"

namespace neuralake::engine {
namespace {

using duckdb::ExpressionClass;
using duckdb::StringUtil;

// `pg_settings` would show paths of the machine.
constexpr std::array kPgCatalog = {
    "pg_am",         "pg_attrdef",  "pg_attribute",  "pg_class",       "pg_collation",
    "pg_constraint", "pg_database", "pg_depend",     "pg_description", "pg_enum",
    "pg_index",      "pg_indexes",  "pg_namespace",  "pg_proc",        "pg_sequence",
    "pg_sequences",  "pg_tables",   "pg_tablespace", "pg_type",        "pg_views",
};

constexpr std::array kInformationSchema = {"character_sets",
                                           "check_constraints",
                                           "columns",
                                           "constraint_column_usage",
                                           "constraint_table_usage",
                                           "key_column_usage",
                                           "schemata",
                                           "referential_constraints",
                                           "table_constraints",
                                           "tables",
                                           "views"};

// What `SHOW TABLES` and the like come as, and nothing else does.
constexpr std::array kListings = {"\"tables\"", "\"databases\"", "\"schemas\"",
                                  "__show_tables_expanded"};

bool IsOf(const auto& names, const std::string& name) {
  return std::ranges::find(names, StringUtil::Lower(name)) != names.end();
}

/// The schema by which a recursive expression names all its rows so far.
constexpr const char* kRecurring = "recurring";

std::optional<std::size_t> Offset(duckdb::optional_idx location) {
  if (!location.IsValid()) return std::nullopt;
  return location.GetIndex();
}

[[noreturn]] void Refuse(ErrorKind kind, std::string message, std::optional<std::size_t> offset) {
  throw Refusal{kind, std::move(message), offset};
}

/// What `walk` refuses.
std::optional<Refusal> Checked(const std::function<void()>& walk) {
  try {
    walk();
    return std::nullopt;
  } catch (Refusal& refusal) {
    return std::move(refusal);
  }
}

[[noreturn]] void Unknown(const std::string& what, std::optional<std::size_t> offset) {
  Refuse(ErrorKind::kPermissionDenied, what + " is not allowed", offset);
}

}  // namespace

/// Puts names of common table expressions in sight, for its life.
class TreeCheck::Scope {
 public:
  explicit Scope(TreeCheck& check) : check_(check) {
    check_.ctes_.emplace_back();
    if (++check_.depth_ > kNestingMax) {
      Refuse(ErrorKind::kInvalid, "the statement nests deeper than " + std::to_string(kNestingMax),
             {});
    }
  }
  ~Scope() {
    check_.ctes_.pop_back();
    --check_.depth_;
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  TreeCheck& check_;
};

std::optional<Refusal> TreeCheck::Select(const duckdb::SelectStatement& statement) {
  return Checked([&] { Statement(statement); });
}

std::optional<Refusal> TreeCheck::Insert(const duckdb::InsertStatement& statement) {
  return Checked([&] {
    // Neither the target nor what is returned sees the common table expressions.
    Table(statement.catalog, statement.schema, statement.table,
          statement.table_ref ? Offset(statement.table_ref->query_location) : std::nullopt);
    Expressions(statement.returning_list);
    const Scope scope(*this);
    Ctes(statement.cte_map);
    if (statement.select_statement) Statement(*statement.select_statement);
    if (statement.on_conflict_info) Unknown("ON CONFLICT", {});
  });
}

std::optional<Refusal> TreeCheck::Update(const duckdb::UpdateStatement& statement) {
  return Checked([&] {
    Target(*statement.table);
    const Scope scope(*this);
    Ctes(statement.cte_map);
    if (statement.from_table) Relation(*statement.from_table);
    Maybe(statement.set_info->condition);
    Expressions(statement.set_info->expressions);
    Expressions(statement.returning_list);
  });
}

std::optional<Refusal> TreeCheck::Delete(const duckdb::DeleteStatement& statement) {
  return Checked([&] {
    Target(*statement.table);
    const Scope scope(*this);
    Ctes(statement.cte_map);
    for (const auto& relation : statement.using_clauses) Relation(*relation);
    Maybe(statement.condition);
    Expressions(statement.returning_list);
  });
}

std::optional<Refusal> TreeCheck::Merge(const duckdb::MergeIntoStatement& statement) {
  return Checked([&] {
    Target(*statement.target);
    const Scope scope(*this);
    Ctes(statement.cte_map);
    Relation(*statement.source);
    Maybe(statement.join_condition);
    for (const auto& [when, actions] : statement.actions)
      for (const auto& action : actions) MergeAction(*action);
    Expressions(statement.returning_list);
  });
}

void TreeCheck::MergeAction(const duckdb::MergeIntoAction& action) {
  Maybe(action.condition);
  if (action.update_info) {
    Maybe(action.update_info->condition);
    Expressions(action.update_info->expressions);
  }
  Expressions(action.expressions);
}

/// What a statement changes: a Delta table of the catalog, never a common table expression.
void TreeCheck::Target(const duckdb::TableRef& ref) {
  const auto offset = Offset(ref.query_location);
  if (ref.type != duckdb::TableReferenceType::BASE_TABLE) Unknown("to change this", offset);
  const auto& table = ref.Cast<duckdb::BaseTableRef>();
  if (table.at_clause) Unknown("to change an earlier version", offset);
  Table(table.catalog_name, table.schema_name, table.table_name, offset);
  if (model_.Find(table.schema_name, table.table_name)->kind == catalog::TableKind::kDelta) return;
  const std::string name = table.schema_name + "." + table.table_name;
  Refuse(ErrorKind::kUnsupported, "only Delta tables can be changed, not " + name, offset);
}

void TreeCheck::Statement(const duckdb::SelectStatement& statement) { Node(*statement.node); }

void TreeCheck::CountPart() {
  if (++parts_ <= kPartsMax) return;
  Refuse(ErrorKind::kInvalid,
         "the statement has more than " + std::to_string(kPartsMax) + " queries and relations", {});
}

void TreeCheck::Node(const duckdb::QueryNode& node) {
  CountPart();
  const Scope scope(*this);
  Ctes(node.cte_map);
  NodeBody(node);
  Modifiers(node);
}

void TreeCheck::Ctes(const duckdb::CommonTableExpressionMap& ctes) {
  for (const auto& [name, info] : ctes.map) {
    // In sight of those after it alone: in its own query the name means an outer one, or else
    // whatever the engine has of that name. `Recursive` knows where it may name itself.
    Expressions(info->key_targets);
    Statement(*info->query);
    InSight(name);
  }
}

void TreeCheck::NodeBody(const duckdb::QueryNode& node) {
  switch (node.type) {
    case duckdb::QueryNodeType::SELECT_NODE:
      return SelectBody(node.Cast<duckdb::SelectNode>());
    case duckdb::QueryNodeType::SET_OPERATION_NODE:
      for (const auto& child : node.Cast<duckdb::SetOperationNode>().children) Node(*child);
      return;
    case duckdb::QueryNodeType::RECURSIVE_CTE_NODE:
      return Recursive(node.Cast<duckdb::RecursiveCTENode>());
    case duckdb::QueryNodeType::CTE_NODE: {
      const auto& cte = node.Cast<duckdb::CTENode>();
      Node(*cte.query);
      InSight(cte.ctename);
      return Node(*cte.child);
    }
    default:
      Unknown("this kind of query", {});
  }
}

void TreeCheck::Recursive(const duckdb::RecursiveCTENode& node) {
  Expressions(node.key_targets);
  Node(*node.left);
  const Scope scope(*this);
  InSight(node.ctename);
  ctes_.back().emplace(kRecurring, StringUtil::Lower(node.ctename));
  Node(*node.right);
}

void TreeCheck::SelectBody(const duckdb::SelectNode& node) {
  Expressions(node.select_list);
  if (node.from_table) Relation(*node.from_table);
  Maybe(node.where_clause);
  Expressions(node.groups.group_expressions);
  Maybe(node.having);
  Maybe(node.qualify);
}

void TreeCheck::Modifiers(const duckdb::QueryNode& node) {
  for (const auto& modifier : node.modifiers) Modifier(*modifier);
}

void TreeCheck::Modifier(const duckdb::ResultModifier& modifier) {
  switch (modifier.type) {
    case duckdb::ResultModifierType::LIMIT_MODIFIER:
      Maybe(modifier.Cast<duckdb::LimitModifier>().limit);
      return Maybe(modifier.Cast<duckdb::LimitModifier>().offset);
    case duckdb::ResultModifierType::LIMIT_PERCENT_MODIFIER:
      Maybe(modifier.Cast<duckdb::LimitPercentModifier>().limit);
      return Maybe(modifier.Cast<duckdb::LimitPercentModifier>().offset);
    case duckdb::ResultModifierType::ORDER_MODIFIER:
      return Orders(modifier.Cast<duckdb::OrderModifier>().orders);
    case duckdb::ResultModifierType::DISTINCT_MODIFIER:
      return Expressions(modifier.Cast<duckdb::DistinctModifier>().distinct_on_targets);
    default:
      Unknown("this modifier", {});
  }
}

void TreeCheck::Relation(const duckdb::TableRef& ref) {
  CountPart();
  const Scope scope(*this);
  switch (ref.type) {
    case duckdb::TableReferenceType::BASE_TABLE:
      return BaseTable(ref.Cast<duckdb::BaseTableRef>());
    case duckdb::TableReferenceType::SUBQUERY:
      return Statement(*ref.Cast<duckdb::SubqueryRef>().subquery);
    case duckdb::TableReferenceType::JOIN:
      return Join(ref.Cast<duckdb::JoinRef>());
    case duckdb::TableReferenceType::TABLE_FUNCTION:
      return TableFunction(ref.Cast<duckdb::TableFunctionRef>());
    case duckdb::TableReferenceType::EXPRESSION_LIST:
      for (const auto& row : ref.Cast<duckdb::ExpressionListRef>().values) Expressions(row);
      return;
    case duckdb::TableReferenceType::EMPTY_FROM:
      return;
    case duckdb::TableReferenceType::PIVOT:
      return Pivot(ref.Cast<duckdb::PivotRef>());
    case duckdb::TableReferenceType::SHOW_REF:
      return Show(ref.Cast<duckdb::ShowRef>());
    default:
      Unknown("this kind of relation", Offset(ref.query_location));
  }
}

void TreeCheck::BaseTable(const duckdb::BaseTableRef& ref) {
  if (!IsCte(ref)) {
    Named(ref.catalog_name, ref.schema_name, ref.table_name, Offset(ref.query_location));
  }
  if (ref.at_clause) Expression(*ref.at_clause->ExpressionMutable());
}

bool TreeCheck::IsCte(const duckdb::BaseTableRef& ref) const {
  if (!ref.catalog_name.empty()) return false;
  const std::pair name(StringUtil::Lower(ref.schema_name), StringUtil::Lower(ref.table_name));
  return std::ranges::any_of(ctes_, [&](const auto& names) { return names.contains(name); });
}

void TreeCheck::InSight(const std::string& cte) {
  ctes_.back().emplace("", StringUtil::Lower(cte));
}

void TreeCheck::Named(const std::string& catalog, const std::string& schema,
                      const std::string& table, std::optional<std::size_t> offset) {
  if (memory_ != nullptr) {
    const std::string full = schema.empty() ? table : schema + "." + table;
    if (schema.empty() && memory_->relations.contains(StringUtil::Lower(table))) return;
    Refuse(ErrorKind::kNotFound, "relation \"" + full + "\" does not exist", offset);
  }
  if (catalog.empty() || StringUtil::CIEquals(catalog, kCatalogName)) {
    const bool postgres = schema.empty() || StringUtil::CIEquals(schema, "pg_catalog");
    if (postgres && IsOf(kPgCatalog, table)) return;
    if (StringUtil::CIEquals(schema, "information_schema") && IsOf(kInformationSchema, table)) {
      return;
    }
  }
  Table(catalog, schema, table, offset);
}

void TreeCheck::Table(const std::string& catalog, const std::string& schema,
                      const std::string& table, std::optional<std::size_t> offset) {
  if (schema.empty()) Refuse(ErrorKind::kNotFound, Unqualified(model_, table), offset);
  if (!catalog.empty() && !StringUtil::CIEquals(catalog, kCatalogName)) {
    Refuse(ErrorKind::kNotFound, "no table " + catalog + "." + schema + "." + table, offset);
  }
  if (model_.Find(schema, table) == nullptr) {
    Refuse(ErrorKind::kNotFound, NoTable(model_, schema, table), offset);
  }
}

void TreeCheck::Join(const duckdb::JoinRef& ref) {
  Relation(*ref.left);
  Relation(*ref.right);
  Maybe(ref.condition);
  Expressions(ref.duplicate_eliminated_columns);
}

void TreeCheck::TableFunction(const duckdb::TableFunctionRef& ref) {
  if (ref.subquery) Statement(*ref.subquery);
  if (ref.function->GetExpressionClass() != ExpressionClass::FUNCTION) {
    Unknown("this table function", Offset(ref.query_location));
  }
  const auto& call = ref.function->Cast<duckdb::FunctionExpression>();
  Function(call.function_name, true, Offset(ref.query_location));
  Expressions(call.children);
}

void TreeCheck::Pivot(const duckdb::PivotRef& ref) {
  if (ref.source) Relation(*ref.source);
  Expressions(ref.aggregates);
  for (const auto& pivot : ref.pivots) {
    Expressions(pivot.pivot_expressions);
    for (const auto& entry : pivot.entries) Maybe(entry.expr);
    if (pivot.subquery) Node(*pivot.subquery);
    if (!pivot.pivot_enum.empty()) Unknown("PIVOT over a type", Offset(ref.query_location));
  }
}

void TreeCheck::Show(const duckdb::ShowRef& ref) {
  if (ref.query) return Node(*ref.query);
  const auto offset = Offset(ref.query_location);
  if (memory_ != nullptr) Unknown("SHOW", offset);
  if (ref.show_type != duckdb::ShowType::SHOW_FROM) {
    if (!IsOf(kListings, ref.table_name)) Unknown("SHOW " + ref.table_name, offset);
    return;
  }
  if (!ref.catalog_name.empty() && !StringUtil::CIEquals(ref.catalog_name, kCatalogName)) {
    Refuse(ErrorKind::kNotFound, "no database " + ref.catalog_name + "." + ref.schema_name, offset);
  }
  if (model_.Find(ref.schema_name) == nullptr) {
    Refuse(ErrorKind::kNotFound, NoDatabase(model_, ref.schema_name), offset);
  }
}

void TreeCheck::Expressions(
    const duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>>& list) {
  for (const auto& expression : list) Maybe(expression);
}

void TreeCheck::Maybe(const duckdb::unique_ptr<duckdb::ParsedExpression>& expression) {
  if (expression) Expression(*expression);
}

void TreeCheck::Orders(const duckdb::vector<duckdb::OrderByNode>& orders) {
  for (const auto& order : orders) Expression(*order.expression);
}

void TreeCheck::Expression(const duckdb::ParsedExpression& expression) {
  const Scope scope(*this);
  Children(expression);
}

void TreeCheck::Children(const duckdb::ParsedExpression& expression) {
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::FUNCTION:
      return FunctionCall(expression.Cast<duckdb::FunctionExpression>());
    case ExpressionClass::WINDOW:
      return Window(expression.Cast<duckdb::WindowExpression>());
    case ExpressionClass::STAR:
      return Star(expression.Cast<duckdb::StarExpression>());
    case ExpressionClass::SUBQUERY: {
      const auto& subquery = expression.Cast<duckdb::SubqueryExpression>();
      Maybe(subquery.child);
      return Statement(*subquery.subquery);
    }
    case ExpressionClass::LAMBDA: {
      const auto& lambda = expression.Cast<duckdb::LambdaExpression>();  // also `json -> 'key'`
      Maybe(lambda.lhs);
      return Maybe(lambda.expr);
    }
    case ExpressionClass::CASE:
    case ExpressionClass::CAST:
    case ExpressionClass::COMPARISON:
    case ExpressionClass::CONJUNCTION:
    case ExpressionClass::OPERATOR:
    case ExpressionClass::COLLATE:
    case ExpressionClass::BETWEEN:
    case ExpressionClass::TYPE:
    case ExpressionClass::COLUMN_REF:
    case ExpressionClass::CONSTANT:
    case ExpressionClass::DEFAULT:
    case ExpressionClass::PARAMETER:
    case ExpressionClass::LAMBDA_REF:
    case ExpressionClass::POSITIONAL_REFERENCE:
      // Their children are expressions and nothing else.
      duckdb::ParsedExpressionIterator::EnumerateChildren(
          expression, [this](const duckdb::ParsedExpression& child) { Expression(child); });
      return;
    default:
      Unknown("this kind of expression", Offset(expression.GetQueryLocation()));
  }
}

void TreeCheck::Function(const std::string& name, bool as_table,
                         std::optional<std::size_t> offset) {
  if (memory_ != nullptr && memory_->functions.contains(StringUtil::Lower(name))) return;
  if (!HasFunction(name)) {
    throw Refusal{ErrorKind::kInvalid,
                  "there is no function " + name +
                      DidYouMean(Nearest(name, AllowedFunctions(as_table)).value_or("")),
                  offset, "42883"};
  }
  const std::string why = WhyRefused(name, as_table);
  if (!why.empty()) {
    Refuse(ErrorKind::kPermissionDenied, "function " + name + " is not allowed: " + why, offset);
  }
}

void TreeCheck::FunctionCall(const duckdb::FunctionExpression& call) {
  Function(call.function_name, false, Offset(call.GetQueryLocation()));
  if (NamesAnother(call.function_name)) NamedByArgument(call);
  Expressions(call.children);
  Maybe(call.filter);
  if (call.order_bys) Orders(call.order_bys->orders);
}

void TreeCheck::NamedByArgument(const duckdb::FunctionExpression& call) {
  const auto offset = Offset(call.GetQueryLocation());
  // `column.list_aggregate('sum')` comes with the column as a schema.
  const std::size_t at = call.schema.empty() ? 1 : 0;
  if (call.children.size() <= at) {
    Refuse(ErrorKind::kInvalid, call.function_name + " wants the name of an aggregate", offset);
  }
  const auto& named = *call.children[at];
  if (named.GetExpressionClass() != ExpressionClass::CONSTANT ||
      named.Cast<duckdb::ConstantExpression>().value.type().id() !=
          duckdb::LogicalTypeId::VARCHAR) {
    Unknown(call.function_name + " of an aggregate that is not named by a plain text", offset);
  }
  const auto& text = named.Cast<duckdb::ConstantExpression>().value;
  if (text.IsNull()) Unknown(call.function_name + " of no aggregate", offset);
  Function(duckdb::StringValue::Get(text), false, Offset(named.GetQueryLocation()));
}

void TreeCheck::Window(const duckdb::WindowExpression& window) {
  Function(window.function_name, false, Offset(window.GetQueryLocation()));
  Expressions(window.children);
  Expressions(window.partitions);
  Orders(window.orders);
  Orders(window.arg_orders);
  Maybe(window.filter_expr);
  Maybe(window.start_expr);
  Maybe(window.end_expr);
  Maybe(window.offset_expr);
  Maybe(window.default_expr);
}

void TreeCheck::Star(const duckdb::StarExpression& star) {
  Maybe(star.expr);
  for (const auto& [name, expression] : star.replace_list) Maybe(expression);
}

}  // namespace neuralake::engine
