#include "neuralake/serve/catalog_watch.h"

#include <thread>
#include <utility>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

std::string ProblemLines(const std::vector<catalog::Problem>& problems) {
  std::string lines;
  for (const auto& problem : problems) {
    lines += (lines.empty() ? "" : "\n") + FormatProblem(problem);
  }
  return lines;
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

CatalogWatch::CatalogWatch(catalog::BuildRequest request, Parts parts)
    : request_(std::move(request)),
      parts_(std::move(parts)),
      files_(request_.project, request_.module),
      manifest_(StampOf(catalog::ManifestPath(request_.project))) {
  UpdateGauges();
}

void CatalogWatch::Run(const std::stop_token& stop) {
  last_ = files_.Look();
  Build(stop);
  while (parts_.clock.Sleep(kDefinitionsInterval, stop)) Look(stop);
}

void CatalogWatch::Look(const std::stop_token& stop) {
  const FileStamp manifest = StampOf(catalog::ManifestPath(request_.project));
  const bool replaced = manifest != manifest_;
  if (replaced && manifest.exists()) ReadManifest();
  auto stamps = files_.Look();
  // Editors and `git` write several files: wait until two looks are the same.
  const bool rests = stamps == last_;
  last_ = std::move(stamps);
  const bool broken = !parts_.state.Get()->problems.empty();
  const bool again = broken && parts_.clock.Mono() - built_at_ > kBrokenRetryInterval;
  if ((rests && last_ != built_) || again || (replaced && !manifest.exists())) Build(stop);
}

void CatalogWatch::Build(const std::stop_token& stop) {
  int given_up = 0;
  do {
    built_ = last_;
  } while (!BuildOnce(stop, given_up++ == kBuildsGivenUpMax));
}

/// \returns false when it was given up because the files changed meanwhile
bool CatalogWatch::BuildOnce(const std::stop_token& stop, bool to_the_end) {
  const WallTime begun = parts_.clock.Now();
  parts_.state.Reading(begun);
  std::stop_source end;
  const std::stop_callback stopped(stop, [&end] { end.request_stop(); });
  std::jthread watching;
  if (!to_the_end) {
    watching = std::jthread([&](const std::stop_token& built) { EndWhenChanged(built, end); });
  }
  const auto build = catalog::BuildCatalog(
      request_, Deadline::After(kBuildTimeMax, end.get_token(), parts_.clock));
  watching = {};
  parts_.state.Reading({});
  built_at_ = parts_.clock.Mono();
  if (stop.stop_requested()) return true;
  if (!build && build.error().kind == ErrorKind::kCancelled) {
    parts_.log.Info("serve", "the definitions changed while they were read: they are read anew",
                    {{"first", FirstLine(build.error().message)}});
    return false;
  }
  if (build) {
    Watch(build->sources, begun);
    TakeBuild(*build);
  } else {
    Refuse(build.error().message, "the definitions cannot be built");
  }
  const bool good = build && build->model != nullptr;
  parts_.metrics
      .Counter("neuralake_catalog_builds_total", "builds of the definitions",
               {{"outcome", good ? "good" : "broken"}})
      .Increment();
  return true;
}

// Runs beside a build, which leaves `files_` alone until it is over.
void CatalogWatch::EndWhenChanged(const std::stop_token& built, std::stop_source& build) {
  auto before = built_;
  while (parts_.clock.Sleep(kDefinitionsInterval, built)) {
    auto stamps = files_.Look();
    if (stamps == before && stamps != built_) {
      last_ = std::move(stamps);
      build.request_stop();
      return;
    }
    before = std::move(stamps);
  }
}

// Files that this build was the first to name count as built, unless they changed meanwhile.
void CatalogWatch::Watch(const std::vector<std::string>& sources, WallTime begun) {
  files_.Add(sources);
  const auto margin = std::chrono::milliseconds(100);  // file systems round their times
  const auto before = std::chrono::nanoseconds((begun - margin).time_since_epoch()).count();
  last_ = files_.Look();
  for (const auto& [path, stamp] : last_) {
    if (stamp.modified_ns < before) built_.try_emplace(path, stamp);
  }
}

void CatalogWatch::TakeBuild(const catalog::Build& build) {
  if (!build.log.empty()) {
    parts_.log.Write(observe::Level::kDebug, "serve", "the definitions printed",
                     {{"text", build.log}});
  }
  if (build.model == nullptr) {
    Refuse(ProblemLines(build.problems), "the definitions have mistakes");
    return;
  }
  const auto stored = catalog::StoreManifest(request_.project, build.manifest);
  manifest_ = StampOf(catalog::ManifestPath(request_.project));
  if (!stored) {
    Refuse(stored.error().message, "the manifest cannot be stored");
    return;
  }
  Serve(build.model, "definitions");
}

void CatalogWatch::ReadManifest() {
  manifest_ = StampOf(catalog::ManifestPath(request_.project));
  auto model = catalog::ReadManifest(request_.project);
  if (model) {
    Serve(*std::move(model), "manifest");
  } else {
    Refuse(model.error().message, "the manifest cannot be read");
  }
}

void CatalogWatch::Serve(const catalog::CatalogPtr& model, std::string_view from) {
  const auto before = parts_.state.Get();
  const bool same = before->model->digest == model->digest;
  if (!same && parts_.changed) parts_.changed(model);
  if (!same || !before->problems.empty()) {
    parts_.log.Info("serve", same ? "the catalog is good again" : "another catalog is served",
                    {{"from", std::string(from)}, {"digest", model->digest}});
  }
  // Whoever holds the old model keeps it: equal catalogs need not become new ones.
  parts_.state.Replace(same ? before->model : model);
  UpdateGauges();
}

void CatalogWatch::Refuse(std::string problems, std::string_view why) {
  if (parts_.state.Get()->problems != problems) {
    parts_.log.Warn("serve", why, {{"first", FirstLine(problems)}, {"serving", "the old catalog"}});
  }
  parts_.state.Refuse(std::move(problems));
  UpdateGauges();
}

void CatalogWatch::UpdateGauges() {
  const auto status = parts_.state.Get();
  std::size_t tables = 0;
  for (const auto& database : status->model->databases) tables += database.tables.size();
  parts_.metrics
      .Gauge("neuralake_catalog_current",
             "1 while the served catalog is what the definitions say, 0 while they are broken")
      .Set(status->problems.empty() ? 1 : 0);
  parts_.metrics.Gauge("neuralake_catalog_tables", "tables of the served catalog")
      .Set(static_cast<double>(tables));
  parts_.metrics
      .Gauge("neuralake_catalog_loaded_timestamp_seconds", "when the served catalog was loaded")
      .Set(std::chrono::duration<double>(status->loaded.time_since_epoch()).count());
}

}  // namespace neuralake::serve
