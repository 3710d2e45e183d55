#include "neuralake/generate/telemetry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "neuralake/generate/draw.h"
#include "neuralake/generate/limits.h"

namespace neuralake::generate {
namespace {

constexpr double kMicrosADay = 86'400e6;
/// Silences begin at most once in a window, and end before the next one.
constexpr std::int64_t kSilenceWindow = 6LL * 3600 * 1'000'000;
constexpr double kSilenceShare = 0.06;
constexpr double kSpikeShare = 1.0 / 2000;
constexpr double kCalibrationDays = 30;
constexpr double kBatteryDays = 14;

constexpr std::array kSites = {"amsterdam", "bergen", "cadiz", "dublin", "essen", "faro"};
constexpr std::array kFirmware = {"1.8.2", "2.0.0", "2.0.1", "2.1.0"};

columnar::Schema MakeSchema() {
  return columnar::ParseDdl(
             "event_id BIGINT NOT NULL, time TIMESTAMP NOT NULL, device STRING NOT NULL, "
             "site STRING NOT NULL, firmware STRING, temperature DOUBLE, humidity DOUBLE, "
             "battery DOUBLE, signal INT, status STRING NOT NULL")
      .value();
}

/// What stays the same for one device.
struct Device {
  std::string name;
  const char* site;
  const char* firmware;
  double base;         ///< °C at the mean of the day.
  double swing;        ///< °C between mean and the warmest hour.
  double drift;        ///< °C a day.
  double calibration;  ///< Days at which it is calibrated first.
  double charge;       ///< Days since its battery was full, at the start.
  double presence;     ///< Share of intervals in which it reports.
};

double Round(double value, double digits) { return std::round(value * digits) / digits; }

double Modulo(double value, double period) { return value - period * std::floor(value / period); }

std::vector<Device> MakeDevices(const DatasetRequest& request) {
  const Draw draw(request.seed, "device");
  std::vector<Device> devices;
  const auto count = request.telemetry.devices;
  const auto digits = std::max<std::size_t>(4, std::to_string(count).size());
  for (std::int64_t i = 0; i < count; ++i) {
    const auto site = static_cast<std::size_t>(draw.Between(i * 8, 0, kSites.size() - 1));
    const auto firmware = draw.Rank(i * 8 + 1, kFirmware.size(), 1);
    devices.push_back(
        {.name = fmt::format("device-{:0{}}", i + 1, digits),
         .site = kSites[site],
         .firmware = kFirmware[kFirmware.size() - 1 - static_cast<std::size_t>(firmware)],
         .base = 16 + 2 * static_cast<double>(site % 3) + draw.Normal(i * 8 + 2),
         .swing = 4 + draw.Normal(i * 8 + 3),
         .drift = 0.03 * draw.Normal(i * 8 + 4),
         .calibration = kCalibrationDays * draw.Unit(i * 8 + 5),
         .charge = kBatteryDays * draw.Unit(i * 8 + 6),
         .presence = std::pow(static_cast<double>(i) + 1, -request.skew)});
  }
  return devices;
}

class Telemetry final : public RowMaker {
 public:
  explicit Telemetry(const DatasetRequest& request)
      : schema_(MakeSchema()),
        seed_(request.seed),
        start_(request.telemetry.start),
        interval_(request.telemetry.interval),
        devices_(MakeDevices(request)) {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    for (std::int64_t silent = 0; silent < kSilentStepsMax; ++silent) {
      const auto slot = slot_++;
      const auto count = static_cast<std::int64_t>(devices_.size());
      const auto device = slot % count;
      const auto time = start_ + slot / count * interval_;
      if (Silent(device, slot, time)) continue;
      AppendReading(devices_[static_cast<std::size_t>(device)], slot, time, out);
      return true;
    }
    return false;
  }

 private:
  bool Silent(std::int64_t device, std::int64_t slot, std::int64_t time) const {
    const auto& facts = devices_[static_cast<std::size_t>(device)];
    if (facts.presence < 1 && !presence_.Chance(slot, facts.presence)) return true;
    const auto since = time - start_;
    const auto window =
        since / kSilenceWindow * static_cast<std::int64_t>(devices_.size()) + device;
    if (!silence_.Chance(window, kSilenceShare)) return false;
    const auto length = kSilenceWindow / 8 * silence_length_.Between(window, 1, 4);
    const auto begin = static_cast<std::int64_t>(silence_begin_.Unit(window) *
                                                 static_cast<double>(kSilenceWindow - length));
    const auto at = since % kSilenceWindow;
    return at >= begin && at < begin + length;
  }

  void AppendReading(const Device& device, std::int64_t slot, std::int64_t time,
                     BatchBuilder& out) {
    const double day = static_cast<double>(time - start_) / kMicrosADay;
    // Warmest at 15 h UTC, coldest at 3 h.
    const double hour = Modulo(static_cast<double>(time) / kMicrosADay, 1);
    const double wave = std::sin(2 * std::numbers::pi * (hour - 0.375));
    const double drift = device.drift * Modulo(day - device.calibration, kCalibrationDays);
    const bool spike = spike_.Chance(slot, kSpikeShare);
    const double jump = spike ? (spike_size_.Chance(slot, 0.5) ? 1 : -1) *
                                    static_cast<double>(spike_size_.Between(slot, 25, 60))
                              : 0;
    const double temperature =
        device.base + device.swing * wave + drift + jump + 0.25 * noise_.Normal(slot);
    const double humidity = std::clamp(
        65 - 12 * wave - 0.5 * (device.base - 18) + 2 * humidity_.Normal(slot), 1.0, 100.0);
    const double battery = 100 - 85 * Modulo(day + device.charge, kBatteryDays) / kBatteryDays;
    const auto signal = -60 + static_cast<std::int64_t>(std::lround(8 * signal_.Normal(slot)));
    out.Long(event_++).Timestamp(time).Text(device.name).Text(device.site).Text(device.firmware);
    out.Double(Round(temperature, 100)).Double(Round(humidity, 10)).Double(Round(battery, 10));
    out.Int(signal).Text(spike ? "fault" : battery < 20 ? "low_battery" : "ok");
  }

  columnar::Schema schema_;
  std::uint64_t seed_;
  std::int64_t start_;
  std::int64_t interval_;
  std::vector<Device> devices_;
  Draw presence_{seed_, "presence"};
  Draw silence_{seed_, "silence"};
  Draw silence_begin_{seed_, "silence begin"};
  Draw silence_length_{seed_, "silence length"};
  Draw spike_{seed_, "spike"};
  Draw spike_size_{seed_, "spike size"};
  Draw noise_{seed_, "temperature"};
  Draw humidity_{seed_, "humidity"};
  Draw signal_{seed_, "signal"};
  std::int64_t slot_ = 0;
  std::int64_t event_ = 0;
};

}  // namespace

Result<std::unique_ptr<RowMaker>> OpenTelemetry(const DatasetRequest& request) {
  const auto& options = request.telemetry;
  if (options.devices < 1 || options.devices > kDevicesMax) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} devices: 1 to {}", options.devices, kDevicesMax));
  }
  if (options.interval < 1'000 || options.interval > kSilenceWindow) {
    return Fail(ErrorKind::kInvalid, "an interval is between a millisecond and six hours");
  }
  return std::make_unique<Telemetry>(request);
}

}  // namespace neuralake::generate
