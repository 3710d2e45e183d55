#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/catalog/build.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/serve/catalog_state.h"
#include "neuralake/serve/definition_files.h"

namespace neuralake::serve {

/// Keeps the served catalog at what the definitions on disk say.
///
/// When their files change it builds the catalog with the project's Python: a good one is stored
/// as the manifest and served, a broken one is told and changes nothing. A manifest that somebody
/// else wrote (`neuralake catalog build`) is served too.
/// \threads one thread calls `Run`
class CatalogWatch {
 public:
  struct Parts {
    CatalogState& state;
    observe::Metrics& metrics;
    observe::Log& log;
    Clock& clock;
    /// Called with each catalog that will be served, before `state` has it.
    std::function<void(const catalog::CatalogPtr&)> changed;
  };

  CatalogWatch(catalog::BuildRequest request, Parts parts);

  /// Build once, then look every `kDefinitionsInterval` until `stop`. A build whose files change
  /// meanwhile is ended and begun anew, so that an import that hangs is mended by an edit; but no
  /// more than `kBuildsGivenUpMax` times in a row, because an import may write such a file itself.
  void Run(const std::stop_token& stop);

 private:
  void Look(const std::stop_token& stop);
  void Build(const std::stop_token& stop);
  bool BuildOnce(const std::stop_token& stop, bool to_the_end);
  void EndWhenChanged(const std::stop_token& built, std::stop_source& build);
  void Watch(const std::vector<std::string>& sources, WallTime begun);
  void TakeBuild(const catalog::Build& build);
  void ReadManifest();
  void Serve(const catalog::CatalogPtr& model, std::string_view from);
  void Refuse(std::string problems, std::string_view why);
  void UpdateGauges();

  const catalog::BuildRequest request_;
  const Parts parts_;
  DefinitionFiles files_;
  DefinitionFiles::Stamps built_;  // of the files, when the last build began
  DefinitionFiles::Stamps last_;   // of the last look: only what has come to rest is built
  FileStamp manifest_;             // of the manifest that is known
  MonoTime built_at_{};
};

}  // namespace neuralake::serve
