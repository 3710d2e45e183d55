#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/site/snippets.h"

namespace neuralake::site {

/// A catalog and what was known of its tables at one moment, as a set of files.
///
/// Each file is a pure function of the model, the facts and the options, made when asked for; so a
/// server can answer from it without writing anything.
/// \threads safe from any thread
class Site {
 public:
  /// \param facts  one a table, in the order of the model (see `CollectFacts`)
  Site(catalog::CatalogPtr model, std::vector<TableFacts> facts, SnippetOptions options = {});

  /// Every file of the site, in order: `index.html`, `tables/aviation/flights.html`, …
  std::vector<std::string> Paths() const;

  /// The bytes of the file at `path`; the empty path is `index.html`.
  /// \errors kNotFound  no such file
  Result<std::string> Render(std::string_view path) const;

  /// `text/html; charset=utf-8` and the like, by the ending of `path`.
  static std::string_view MediaType(std::string_view path);

 private:
  struct Place {
    std::size_t database;
    std::size_t table;
    std::size_t number;  ///< Of its facts.
  };

  std::string RenderDatabase(std::size_t database) const;

  catalog::CatalogPtr model_;
  std::vector<TableFacts> facts_;
  SnippetOptions options_;
  std::map<std::string, Place, std::less<>> tables_;           ///< By path.
  std::map<std::string, std::size_t, std::less<>> databases_;  ///< By path.
  std::map<std::string, std::string, std::less<>> data_;       ///< Search data by path.
};

}  // namespace neuralake::site
