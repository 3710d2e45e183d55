#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Why a parsed tree may not be bound, and where: the byte offset in the parsed text.
struct Refusal {
  ErrorKind kind;
  std::string message;
  std::optional<std::size_t> offset;
  std::string sqlstate = {};  ///< Finer than the kind's, or empty.
};

/// What a database in memory has, in lower case: its relations, and functions of its own.
struct MemoryNames {
  std::set<std::string, std::less<>> relations;
  std::set<std::string, std::less<>> functions;
};

/// Walks a parsed tree and refuses what is not allowed. What it does not know is refused too.
class TreeCheck {
 public:
  explicit TreeCheck(const catalog::CatalogModel& model) : model_(model) {}

  /// For a database in memory, which has no tables but those of `names`.
  TreeCheck(const catalog::CatalogModel& nothing, const MemoryNames& names)
      : model_(nothing), memory_(&names) {}

  std::optional<Refusal> Select(const duckdb::SelectStatement& statement);
  std::optional<Refusal> Insert(const duckdb::InsertStatement& statement);
  std::optional<Refusal> Update(const duckdb::UpdateStatement& statement);
  std::optional<Refusal> Delete(const duckdb::DeleteStatement& statement);
  std::optional<Refusal> Merge(const duckdb::MergeIntoStatement& statement);

 private:
  class Scope;

  // All throw a Refusal.
  void CountPart();
  void Target(const duckdb::TableRef& ref);
  void MergeAction(const duckdb::MergeIntoAction& action);
  void Statement(const duckdb::SelectStatement& statement);
  void Node(const duckdb::QueryNode& node);
  void NodeBody(const duckdb::QueryNode& node);
  void SelectBody(const duckdb::SelectNode& node);
  void Recursive(const duckdb::RecursiveCTENode& node);
  void Modifiers(const duckdb::QueryNode& node);
  void Modifier(const duckdb::ResultModifier& modifier);
  void Ctes(const duckdb::CommonTableExpressionMap& ctes);

  void Relation(const duckdb::TableRef& ref);
  void BaseTable(const duckdb::BaseTableRef& ref);
  bool IsCte(const duckdb::BaseTableRef& ref) const;
  void InSight(const std::string& cte);
  void Join(const duckdb::JoinRef& ref);
  void TableFunction(const duckdb::TableFunctionRef& ref);
  void Pivot(const duckdb::PivotRef& ref);
  void Show(const duckdb::ShowRef& ref);
  void Named(const std::string& catalog, const std::string& schema, const std::string& table,
             std::optional<std::size_t> offset);
  void Table(const std::string& catalog, const std::string& schema, const std::string& table,
             std::optional<std::size_t> offset);

  void Expressions(const duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>>& list);
  void Maybe(const duckdb::unique_ptr<duckdb::ParsedExpression>& expression);
  void Expression(const duckdb::ParsedExpression& expression);
  void Children(const duckdb::ParsedExpression& expression);
  void Function(const std::string& name, bool as_table, std::optional<std::size_t> offset);
  void FunctionCall(const duckdb::FunctionExpression& call);
  void NamedByArgument(const duckdb::FunctionExpression& call);
  void Window(const duckdb::WindowExpression& window);
  void Star(const duckdb::StarExpression& star);
  void Orders(const duckdb::vector<duckdb::OrderByNode>& orders);

  const catalog::CatalogModel& model_;
  const MemoryNames* memory_ = nullptr;
  /// Common table expressions in sight by schema and name, lower case, innermost last.
  std::vector<std::set<std::pair<std::string, std::string>>> ctes_;
  std::size_t depth_ = 0;
  std::size_t parts_ = 0;  // queries and relations so far
};

}  // namespace neuralake::engine
