#include "neuralake/base/kill_switch.h"

#include <charconv>
#include <csignal>

#include <unistd.h>

namespace neuralake {

namespace {

class OffKillSwitch final : public KillSwitch {
 public:
  void Reach(std::string_view /*point*/) override {}
};

}  // namespace

KillSwitch& KillSwitch::Off() {
  static OffKillSwitch off;
  return off;
}

Result<std::unique_ptr<ArmedKillSwitch>> ArmedKillSwitch::Parse(std::string_view text) {
  const auto colon = text.find(':');
  std::int64_t times = 1;
  if (colon != std::string_view::npos) {
    const auto count = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), times);
    if (error != std::errc{} || end != count.data() + count.size() || times < 1) {
      return Fail(ErrorKind::kInvalid,
                  "kill point '" + std::string(text) +
                      "' must be a name, or a name, a colon and a count from 1");
    }
  }
  return std::unique_ptr<ArmedKillSwitch>(
      new ArmedKillSwitch(std::string(text.substr(0, colon)), times));
}

void ArmedKillSwitch::Reach(std::string_view point) {
  if (point == point_ && left_.fetch_sub(1) == 1) {
    // SIGKILL, so that nothing of ours runs afterwards: no destructor, no flush.
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
  }
}

}  // namespace neuralake
