#include "neuralake/site/site.h"

#include "neuralake/base/check.h"
#include "neuralake/site/assets.h"
#include "neuralake/site/list_pages.h"
#include "neuralake/site/names.h"
#include "neuralake/site/search_data.h"
#include "neuralake/site/table_page.h"

namespace neuralake::site {

Site::Site(catalog::CatalogPtr model, std::vector<TableFacts> facts, SnippetOptions options)
    : model_(std::move(model)), facts_(std::move(facts)), options_(std::move(options)) {
  std::size_t number = 0;
  for (std::size_t d = 0; d < model_->databases.size(); ++d) {
    const catalog::DatabaseModel& database = model_->databases[d];
    databases_[DatabasePath(database.name)] = d;
    for (std::size_t t = 0; t < database.tables.size(); ++t) {
      tables_[TablePath(database.name, database.tables[t].name)] = {d, t, number++};
    }
  }
  NL_CHECK(number == facts_.size());
  std::vector<std::string> keys;
  for (auto& [key, script] : ColumnShards(*model_, facts_)) {
    keys.push_back(key);
    data_["data/columns-" + key + ".js"] = std::move(script);
  }
  data_["data/catalog.js"] = CatalogScript(*model_, facts_, keys);
}

std::vector<std::string> Site::Paths() const {
  std::vector<std::string> paths = {"index.html"};
  for (const BuiltAsset& asset : BuiltAssets()) paths.emplace_back(asset.path);
  for (const auto& [path, script] : data_) paths.push_back(path);
  for (const auto& [path, database] : databases_) paths.push_back(path);
  for (const auto& [path, table] : tables_) paths.push_back(path);
  return paths;
}

Result<std::string> Site::Render(std::string_view path) const {
  if (path.empty() || path == "index.html") return RenderIndexPage(*model_, facts_);
  if (const auto table = tables_.find(path); table != tables_.end()) {
    const Place& place = table->second;
    const catalog::DatabaseModel& database = model_->databases[place.database];
    return RenderTablePage(*model_, database, database.tables[place.table], facts_[place.number],
                           options_);
  }
  if (const auto database = databases_.find(path); database != databases_.end()) {
    return RenderDatabase(database->second);
  }
  if (const auto script = data_.find(path); script != data_.end()) return script->second;
  for (const BuiltAsset& asset : BuiltAssets()) {
    if (asset.path == path) return std::string(asset.bytes);
  }
  return Fail(ErrorKind::kNotFound, "no page " + std::string(path));
}

std::string_view Site::MediaType(std::string_view path) {
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".svg")) return "image/svg+xml";
  return "text/html; charset=utf-8";
}

std::string Site::RenderDatabase(std::size_t database) const {
  std::size_t first = 0;
  for (std::size_t d = 0; d < database; ++d) first += model_->databases[d].tables.size();
  const catalog::DatabaseModel& shown = model_->databases[database];
  std::vector<const TableFacts*> facts;
  for (std::size_t t = 0; t < shown.tables.size(); ++t) facts.push_back(&facts_[first + t]);
  return RenderDatabasePage(*model_, shown, std::move(facts));
}

}  // namespace neuralake::site
