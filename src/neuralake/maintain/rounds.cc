#include "neuralake/maintain/rounds.h"

#include <algorithm>

namespace neuralake::maintain {
namespace {

Status CheckNames(const catalog::CatalogModel& model, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto dot = name.find('.');
    const auto* table =
        dot == std::string::npos ? nullptr : model.Find(name.substr(0, dot), name.substr(dot + 1));
    if (table == nullptr) return Fail(ErrorKind::kNotFound, "no table " + name + " in the catalog");
    if (table->kind != catalog::TableKind::kDelta) {
      return Fail(ErrorKind::kInvalid, name + " is no Delta table");
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Tables::Entry>> Tables::Open(const catalog::CatalogModel& model,
                                                const std::vector<std::string>& names,
                                                const Deadline& deadline) {
  TRY(CheckNames(model, names));
  std::vector<Entry> entries;
  for (const auto& database : model.databases) {
    for (const auto& declared : database.tables) {
      const std::string name = database.name + "." + declared.name;
      const bool wanted = names.empty() || std::ranges::find(names, name) != names.end();
      if (declared.kind != catalog::TableKind::kDelta || !wanted) continue;
      auto& table = by_uri_[declared.uri];
      if (!table) {
        table = delta::Table::Open(TRY(storage::OpenStore(TRY(Uri::Parse(declared.uri)))));
      }
      const auto snapshot = table->Latest(deadline);
      if (snapshot.has_value()) {
        entries.push_back({name, table});
      } else if (snapshot.error().kind != ErrorKind::kNotFound) {
        return Annotate(snapshot.error(), name);
      }
    }
  }
  return entries;
}

void EveryInterval(std::chrono::milliseconds interval, const Deadline& deadline,
                   const std::function<Status()>& round,
                   const std::function<void(const Error&)>& failed) {
  while (!deadline.Expired()) {
    if (const auto done = round(); !done.has_value() && !deadline.Expired()) failed(done.error());
    if (!deadline.Sleep(interval)) return;
  }
}

}  // namespace neuralake::maintain
