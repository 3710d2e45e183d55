#include "ingest_watch.h"

#include <chrono>

#include "neuralake/base/deadline.h"

namespace neuralake::app {
namespace {

constexpr auto kCheckInterval = std::chrono::milliseconds(500);
/// For an answer; a process that takes longer counts as away.
constexpr auto kAnswerTimeMax = std::chrono::seconds(1);

}  // namespace

IngestWatch::IngestWatch(const std::string& socket, Clock& clock)
    : client_(socket), clock_(clock), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void IngestWatch::Run(const std::stop_token& stop) {
  do {
    up_ = client_.Metrics(Deadline::After(kAnswerTimeMax, stop, clock_)).has_value();
  } while (clock_.Sleep(kCheckInterval, stop));
}

}  // namespace neuralake::app
