#include "neuralake/serve/rest/rows.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/query/tokens.h"
#include "neuralake/serve/format/cells.h"
#include "neuralake/serve/http/sql_request.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/rest/cursor.h"
#include "neuralake/serve/rest/filter.h"
#include "neuralake/serve/rest/order.h"

namespace neuralake::serve {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"select", "order", "limit", "cursor", "format"};

/// A request taken apart, before it becomes a statement.
struct Draft {
  std::vector<const columnar::Field*> select;  // empty: all
  std::vector<OrderTerm> order;
  std::string where;
  std::string fingerprint;
  std::optional<Cursor> cursor;
  std::set<std::string> words;  // that were given
};

bool IsWord(const columnar::Schema& columns, const std::string& name, std::string_view value) {
  if (std::ranges::find(kWords, name) == kWords.end()) return false;
  return columns.Find(name) == nullptr || !LooksLikeFilter(value);
}

Result<std::vector<const columnar::Field*>> ParseSelect(const columnar::Schema& columns,
                                                        std::string_view text) {
  std::vector<const columnar::Field*> select;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(name.size() + 1, text.size()));
    const columnar::Field* column = TRY(FindColumn(columns, name));
    if (std::ranges::find(select, column) == select.end()) select.push_back(column);
  }
  return select;
}

Status ReadWord(const columnar::Schema& columns, const std::string& name, const std::string& value,
                Draft& draft, RowsPlan& plan) {
  if (!draft.words.insert(name).second) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is given twice", name));
  }
  if (name == "select") {
    draft.select = TRY(ParseSelect(columns, value));
  } else if (name == "order") {
    draft.order = TRY(ParseOrder(columns, value));
  } else if (name == "limit") {
    plan.limit = TRY(ParseCount(name, value, kPageRowsMax));
  } else if (name == "cursor") {
    draft.cursor = TRY(ParseCursor(value));
  } else {
    plan.format = &value;
  }
  return {};
}

Result<Draft> ReadTarget(const columnar::Schema& columns, const Target& target, RowsPlan& plan,
                         Parameters& parameters) {
  Draft draft;
  std::string shape;
  for (const auto& [name, value] : target.parameters) {
    if (name != "cursor" && name != "limit" && name != "format") shape += name + "=" + value + "&";
    if (IsWord(columns, name, value)) {
      TRY(ReadWord(columns, name, value, draft, plan));
    } else {
      const columnar::Field* column = TRY(FindColumn(columns, name));
      draft.where += draft.where.empty() ? " WHERE " : " AND ";
      draft.where += TRY(FilterSql(*column, value, parameters));
    }
  }
  draft.fingerprint = Fingerprint(shape);
  return draft;
}

// The key decides between rows that the client's order leaves equal.
void AddKey(const catalog::TableModel& table, const columnar::Schema& columns,
            std::vector<OrderTerm>& order) {
  if (order.empty()) return;
  for (const std::string& name : table.key) {
    const columnar::Field* column = columns.Find(name);
    const bool there = std::ranges::find(order, column, &OrderTerm::column) != order.end();
    if (column != nullptr && !there) order.push_back({column, false, false});
  }
}

/// The columns of the answer, by position, that make a keyset cursor; empty when one is missing,
/// when the order is not total, or when its values have no exact text.
std::vector<int> KeysetColumns(const catalog::TableModel& table, const columnar::Schema& columns,
                               const Draft& draft) {
  std::vector<int> positions;
  if (table.key.empty()) return positions;
  for (const OrderTerm& term : draft.order) {
    const auto id = term.column->type.id;
    const bool exact = id != columnar::TypeId::kFloat && id != columnar::TypeId::kDouble &&
                       id != columnar::TypeId::kBinary;
    std::ptrdiff_t position = term.column - columns.fields.data();
    if (!draft.select.empty()) {
      const auto found = std::ranges::find(draft.select, term.column);
      if (found == draft.select.end()) return {};
      position = found - draft.select.begin();
    }
    if (!exact) return {};
    positions.push_back(static_cast<int>(position));
  }
  return positions;
}

class RowsPager final : public Pager {
 public:
  RowsPager(std::string table, Cursor start, std::vector<int> keyset)
      : table_(std::move(table)), at_(std::move(start)), keyset_(std::move(keyset)) {}

  void Saw(const arrow::RecordBatch& batch) override {
    if (batch.num_rows() == 0) return;
    at_.offset += static_cast<std::uint64_t>(batch.num_rows());
    at_.after.clear();
    for (const int position : keyset_) {
      const auto cells = MakeCells(*batch.column(position), Notation::kText);
      if (!cells || (*cells)->IsNull(batch.num_rows() - 1)) {
        at_.after.clear();  // a page behind a null starts by its number
        return;
      }
      (*cells)->Append(batch.num_rows() - 1, at_.after.emplace_back());
    }
  }

  std::optional<std::string> Next(const AnswerTail& tail) override {
    if (!tail.truncated) return std::nullopt;
    const auto version = tail.versions.find(table_);
    if (version != tail.versions.end()) at_.version = version->second;
    return FormatCursor(at_);
  }

 private:
  const std::string table_;  // as `versions` names it
  Cursor at_;
  const std::vector<int> keyset_;
};

std::string SelectSql(const std::vector<const columnar::Field*>& select) {
  if (select.empty()) return "*";
  std::string sql;
  for (const columnar::Field* column : select) {
    sql += (sql.empty() ? "" : ", ") + query::QuoteIdentifier(column->name);
  }
  return sql;
}

std::string FromSql(std::string_view database, const catalog::TableModel& table,
                    const std::optional<Cursor>& cursor) {
  std::string sql = query::QuoteIdentifier(database) + "." + query::QuoteIdentifier(table.name);
  if (cursor && cursor->version && table.kind == catalog::TableKind::kDelta) {
    sql += fmt::format(" AT (VERSION => {})", *cursor->version);
  }
  return sql;
}

}  // namespace

Result<RowsPlan> PlanRows(std::string_view database, const catalog::TableModel& table,
                          const columnar::Schema& columns, const Target& target) {
  RowsPlan plan;
  plan.limit = kPageRowsDefault;
  Parameters parameters;
  Draft draft = TRY(ReadTarget(columns, target, plan, parameters));
  AddKey(table, columns, draft.order);
  const std::vector<int> keyset = KeysetColumns(table, columns, draft);
  if (draft.cursor) {
    const bool fits = draft.cursor->after.empty() || draft.cursor->after.size() == keyset.size();
    if (draft.cursor->fingerprint != draft.fingerprint || !fits) {
      return Fail(ErrorKind::kInvalid, "cursor belongs to a request with other parameters");
    }
  }
  std::uint64_t skip = draft.cursor ? draft.cursor->offset : 0;
  if (draft.cursor && !draft.cursor->after.empty()) {
    draft.where += draft.where.empty() ? " WHERE " : " AND ";
    draft.where += TRY(AfterSql(draft.order, draft.cursor->after, parameters));
    skip = 0;
  }
  // One row more than the page tells whether there is another.
  plan.statement.sql =
      fmt::format("SELECT {} FROM {}{}{} LIMIT {}", SelectSql(draft.select),
                  FromSql(database, table, draft.cursor), draft.where,
                  draft.order.empty() ? "" : " ORDER BY " + OrderSql(draft.order), plan.limit + 1);
  if (skip > 0) plan.statement.sql += fmt::format(" OFFSET {}", skip);
  plan.statement.positional = parameters.Take();
  Cursor start = draft.cursor.value_or(Cursor{});
  start.fingerprint = draft.fingerprint;
  plan.pager = std::make_unique<RowsPager>(std::string(database) + "." + table.name,
                                           std::move(start), keyset);
  return plan;
}

}  // namespace neuralake::serve
