#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "commands.h"
#include "manifest_watch.h"
#include "project.h"
#include <sys/stat.h>

#include "neuralake/ingest/ingester.h"
#include "neuralake/observe/metrics_port.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::app {
namespace {

constexpr std::chrono::seconds kTick{1};
/// The supervisor ends a child 15 s after it told it to end.
constexpr std::chrono::seconds kDrainTime{8};

ingest::KafkaTopicOptions TopicOf(const settings::KafkaSource& given) {
  ingest::KafkaTopicOptions options{
      .consumer = {.brokers = given.brokers, .properties = given.properties},
      .topic = given.topic,
      .table = given.table};
  // librdkafka's own name for it, which turns it off by -1.
  const auto found = given.properties.find("topic.metadata.refresh.interval.ms");
  std::int64_t ms = 0;
  if (found != given.properties.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), ms);
  }
  if (ms > 0) options.look_interval = std::chrono::milliseconds(ms);
  return options;
}

ingest::IngesterOptions OptionsOf(const settings::Loaded& loaded) {
  const auto& given = loaded.settings.ingest;
  ingest::IngesterOptions options;
  options.socket = IngestSocket(loaded);
  options.push.wal.bytes_max = static_cast<std::uint64_t>(given.log_bytes_max);
  options.push.wal.segment_bytes =
      std::min(ingest::kSegmentBytes, options.push.wal.bytes_max / 4 / 4096 * 4096);
  options.push.keys.window = given.idempotency_window;
  options.flush.rows = given.flush_rows;
  options.flush.bytes = static_cast<std::uint64_t>(given.flush_bytes);
  options.flush.interval = given.flush_interval;
  for (const auto& topic : loaded.settings.kafka) options.topics.push_back(TopicOf(topic));
  return options;
}

/// Opens tables of any store; stores report to `metrics`, tables tell `log`.
auto Opener(observe::Metrics& metrics, observe::Log& log, KillSwitch& kills) {
  return [environment = settings::ProcessEnvironment(), &metrics, &log,
          &kills](const std::string& uri) -> Result<std::shared_ptr<delta::Table>> {
    auto store = TRY(storage::OpenStore(TRY(Uri::Parse(uri)), {environment, &metrics}));
    // The ingester writes checkpoints itself, between steps at which a test may end it.
    return delta::Table::Open(std::move(store),
                              {.checkpoints = false, .log = &log, .kill_switch = &kills});
  };
}

/// Which file it is, whatever its name.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// The file by which a log's folder is held; nothing when it is not there.
std::optional<FileId> LockOf(const std::string& folder) {
  struct stat info;
  const auto lock = folder + "/" + std::string(ingest::LogFolder::kLockName);
  if (::stat(lock.c_str(), &info) != 0) return std::nullopt;
  return FileId{info.st_dev, info.st_ino};
}

/// Commit what waits of a log that somebody removed, as long as it takes: it is nowhere else.
void SaveRows(ingest::Ingester& ingester, observe::Log& log, const std::stop_token& stop) {
  log.Warn("ingest", "somebody took the log away; what waits is committed, then a new one begins",
           {{"lost", "the Idempotency-Keys of earlier pushes"}});
  auto drained = ingester.Drain(Deadline::Never(stop));
  if (!drained.has_value()) drained = ingester.Drain(Deadline::After(kDrainTime));
  if (drained.has_value()) return;
  log.Failure("ingest", drained.error(),
              {{"lost", "acknowledged rows that were in the log that was taken away"}});
}

/// Run `ingester` until `stop`, or until a table that it writes to is elsewhere or somebody took
/// its log away; then commit what waits. A changed manifest goes into `catalog`; a broken one is
/// told, and the old one stays.
void Run(ingest::Ingester& ingester, const std::string& folder, ManifestWatch& manifest,
         catalog::CatalogPtr& catalog, observe::Log& log, const std::stop_token& stop) {
  const auto lock = LockOf(folder);
  bool in_place = true;
  while (in_place && SystemClock::Get().Sleep(kTick, stop)) {
    if (LockOf(folder) != lock) return SaveRows(ingester, log, stop);
    const auto changed = manifest.Poll();
    if (!changed.has_value()) {
      log.Failure("ingest", changed.error(), {{"catalog", "stays as it was"}});
    } else if (changed->has_value()) {
      catalog = **changed;
      in_place = ingester.Replace(catalog);
      log.Info("ingest", "the catalog is up to date", {{"digest", catalog->digest}});
    }
    ingester.Tick();
  }
  const auto drained = ingester.Drain(Deadline::After(kDrainTime));
  if (!drained.has_value()) log.Warn("ingest", Describe(drained.error()));
}

/// With what an operator can do about a log that cannot be read.
Error AboutLog(Error error, const std::string& folder) {
  if (error.kind != ErrorKind::kCorruption) return error;
  error.message =
      folder + ": " + error.message +
      "; put the file back as it was, or move the folder away: a new log begins, "
      "acknowledged rows that are in no table yet stay behind in the old one, and so do "
      "the Idempotency-Keys, without which a push that is sent again counts again";
  return error;
}

Status Ingest(const std::string& folder) {
  const auto stop = StopOnSignals();
  const auto loaded = TRY(LoadProject(folder));
  observe::Log log("ingest", TRY(observe::ParseLevel(loaded.settings.log.level)));
  observe::Metrics metrics;
  const auto armed = TRY(KillSwitchOfEnvironment());
  auto& kills = armed == nullptr ? KillSwitch::Off() : *armed;
  ManifestWatch manifest(loaded.project);
  auto catalog = TRY(manifest.Poll());
  if (!catalog.has_value()) {
    log.Warn("ingest", "no manifest yet; waiting for `neuralake catalog build`");
    catalog = std::make_shared<const catalog::CatalogModel>();
  }
  std::unique_ptr<observe::MetricsPort> port;
  if (const auto number = loaded.settings.ingest.metrics_port; number != 0) {
    port = TRY(observe::MetricsPort::Open(static_cast<std::uint16_t>(number),
                                          [&metrics] { return metrics.Expose(); }));
  }
  while (!stop.stop_requested()) {
    auto started = ingest::Ingester::Start(
        OptionsOf(loaded), {.folder = TRY(ingest::LogFolder::Open(IngestFolder(loaded))),
                            .catalog = *catalog,
                            .open = Opener(metrics, log, kills),
                            .metrics = metrics,
                            .log = log,
                            .kills = kills,
                            .clock = SystemClock::Get(),
                            .rng = SystemRng::Get()});
    if (!started) {
      return std::unexpected(AboutLog(std::move(started).error(), IngestFolder(loaded)));
    }
    std::cout << "ingest: ready at " << IngestSocket(loaded) << std::endl;
    Run(**started, IngestFolder(loaded), manifest, *catalog, log, stop);
  }
  return {};
}

}  // namespace

void AddIngest(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("ingest", "Take in events, by push and from Kafka");
  auto folder = std::make_shared<std::string>(".");
  command->add_option("--project", *folder, "A folder of the project");
  command->callback([folder, &outcome] {
    if (const auto done = Ingest(*folder); !done.has_value()) {
      outcome.exit_code = Report(done.error());
    }
  });
}

}  // namespace neuralake::app
