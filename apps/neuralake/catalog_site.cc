#include <iostream>

#include "commands.h"
#include "project.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "neuralake/site/facts/storage_facts.h"
#include "neuralake/site/publish.h"
#include "neuralake/site/site.h"

namespace neuralake::app {
namespace {

/// For all tables of a catalog together.
constexpr auto kFactsTimeout = std::chrono::minutes(5);

struct Request {
  std::string project = ".";
  std::string output;
  std::string table;
  bool json = false;
};

struct Opened {
  settings::Loaded loaded;
  catalog::CatalogPtr catalog;
};

Result<Opened> Open(const std::string& folder) {
  Opened opened{TRY(LoadProject(folder)), nullptr};
  opened.catalog = TRY(catalog::ReadManifest(opened.loaded.project));
  return opened;
}

site::SnippetOptions OptionsOf(const settings::Settings& settings) {
  return {.http = fmt::format("http://{}:{}", settings.serve.host, settings.serve.port),
          .postgres_host = settings.serve.host,
          .postgres_port = static_cast<std::uint16_t>(settings.serve.pg_port),
          .python_catalog = settings.catalog.module};
}

Result<site::Published> WriteSite(const Request& request) {
  const Opened opened = TRY(Open(request.project));
  const std::string output =
      request.output.empty() ? opened.loaded.project + "/.neuralake/site" : request.output;
  const auto source = site::FactsFromStorage(Deadline::After(kFactsTimeout));
  const site::Site site(opened.catalog, site::CollectFacts(*opened.catalog, source),
                        OptionsOf(opened.loaded.settings));
  site::Published published = TRY(site::Publish(site, output));
  if (request.json) {
    const nlohmann::ordered_json report = {
        {"folder", output}, {"files", published.files}, {"bytes", published.bytes}};
    std::cout << report.dump() << "\n";
  } else {
    std::cout << fmt::format("wrote {} files, {} bytes; open {}/index.html\n", published.files,
                             published.bytes, output);
  }
  return published;
}

/// `database.table`, split at the dot that makes both parts known names.
Result<std::vector<site::Snippet>> FindSnippets(const Request& request) {
  const Opened opened = TRY(Open(request.project));
  const std::string& name = request.table;
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const catalog::DatabaseModel* database = opened.catalog->Find(name.substr(0, dot));
    const catalog::TableModel* table = database ? database->Find(name.substr(dot + 1)) : nullptr;
    if (table != nullptr) {
      return site::MakeSnippets(*database, *table, OptionsOf(opened.loaded.settings));
    }
  }
  return Fail(ErrorKind::kNotFound, "no table " + name + "; name it as database.table");
}

Status PrintSnippets(const Request& request) {
  const std::vector<site::Snippet> snippets = TRY(FindSnippets(request));
  if (request.json) {
    auto list = nlohmann::ordered_json::array();
    for (const site::Snippet& snippet : snippets) {
      list.push_back({{"id", snippet.id}, {"label", snippet.label}, {"code", snippet.code}});
    }
    std::cout << list.dump(2) << "\n";
    return {};
  }
  for (const site::Snippet& snippet : snippets) {
    std::cout << "# " << snippet.label << "\n" << snippet.code << "\n";
  }
  return {};
}

}  // namespace

void AddCatalogSite(CLI::App& app, Outcome& outcome) {
  CLI::App& group = CatalogGroup(app);
  const auto request = std::make_shared<Request>();

  CLI::App* site = group.add_subcommand("site", "Write the catalog as static pages");
  site->add_option("--project", request->project, "A folder of the project");
  site->add_option("--output", request->output, "Where to; default .neuralake/site");
  site->add_flag("--json", request->json, "For machines");
  site->callback([request, &outcome] {
    const auto written = WriteSite(*request);
    if (!written.has_value()) outcome.exit_code = Report(written.error(), request->json);
  });

  CLI::App* snippets = group.add_subcommand("snippets", "Ways to ask for a table, to copy");
  snippets->add_option("TABLE", request->table, "database.table")->required();
  snippets->add_option("--project", request->project, "A folder of the project");
  snippets->add_flag("--json", request->json, "For machines");
  snippets->callback([request, &outcome] {
    const auto printed = PrintSnippets(*request);
    if (!printed.has_value()) outcome.exit_code = Report(printed.error(), request->json);
  });
}

}  // namespace neuralake::app
