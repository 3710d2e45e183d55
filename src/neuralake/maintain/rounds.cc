#include "neuralake/maintain/rounds.h"

#include "neuralake/base/uri.h"

namespace neuralake::maintain {
namespace {

Result<Target> TargetOf(const catalog::CatalogModel* model, const std::string& name) {
  if (IsLocation(name)) return Target{name, TRY(Uri::Parse(name)).ToString(), true};
  if (model == nullptr) {
    return Fail(ErrorKind::kNotFound,
                "no catalog that could have " + name + "; the table of a folder is ./" + name);
  }
  const auto dot = name.find('.');
  const auto* table =
      dot == std::string::npos ? nullptr : model->Find(name.substr(0, dot), name.substr(dot + 1));
  if (table == nullptr) return Fail(ErrorKind::kNotFound, "no table " + name + " in the catalog");
  if (table->kind != catalog::TableKind::kDelta) {
    return Fail(ErrorKind::kInvalid, name + " is no Delta table");
  }
  return Target{name, table->uri, true};
}

}  // namespace

bool IsLocation(const std::string& name) { return name.find('/') != std::string::npos; }

Result<std::vector<Target>> TargetsOf(const catalog::CatalogModel* model,
                                      const std::vector<std::string>& names) {
  std::vector<Target> targets;
  for (const auto& name : names) targets.push_back(TRY(TargetOf(model, name)));
  if (!names.empty() || model == nullptr) return targets;
  for (const auto& database : model->databases) {
    for (const auto& table : database.tables) {
      if (table.kind != catalog::TableKind::kDelta) continue;
      targets.push_back({database.name + "." + table.name, table.uri, false});
    }
  }
  return targets;
}

Result<std::shared_ptr<delta::Table>> Tables::Open(const Target& target, const Deadline& deadline) {
  auto& table = by_uri_[target.uri];
  if (!table) {
    auto options = options_;
    options.stop = deadline.stop();
    table = TRY(delta::Table::OpenAt(target.uri, std::move(options)));
  }
  const auto snapshot = table->Latest(deadline);
  if (snapshot.has_value()) return table;
  if (snapshot.error().kind != ErrorKind::kNotFound || target.required) {
    return std::unexpected(snapshot.error());
  }
  return nullptr;
}

void EveryInterval(std::chrono::milliseconds interval, const Deadline& deadline,
                   const std::function<void()>& round) {
  while (!deadline.Expired()) {
    round();
    if (!deadline.Sleep(interval)) return;
  }
}

}  // namespace neuralake::maintain
