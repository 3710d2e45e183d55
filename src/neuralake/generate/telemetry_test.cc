#include "neuralake/generate/telemetry.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "neuralake/generate/dataset_testing.h"

namespace neuralake::generate {
namespace {

constexpr std::int64_t kMicrosAnHour = 3'600'000'000;

/// Ten devices, each ten minutes, for about a month.
DatasetRequest Month() {
  DatasetRequest request{.name = "telemetry", .rows = 40'000};
  request.telemetry = {.devices = 10, .start = 0, .interval = 600'000'000};
  return request;
}

TEST(Telemetry, IsInTheOrderOfTime) {
  const auto rows = AllRows(Month());
  const auto& times = ColumnAs<arrow::TimestampArray>(*rows, "time");
  for (std::int64_t i = 1; i < times.length(); ++i) ASSERT_LE(times.Value(i - 1), times.Value(i));
}

TEST(Telemetry, IsWarmestInTheAfternoon) {
  const auto rows = AllRows(Month());
  std::vector<double> sum(24);
  std::vector<double> count(24);
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    const auto time = ColumnAs<arrow::TimestampArray>(*rows, "time").Value(i);
    const auto hour = static_cast<std::size_t>(time / kMicrosAnHour % 24);
    sum[hour] += ColumnAs<arrow::DoubleArray>(*rows, "temperature").Value(i);
    count[hour] += 1;
  }
  EXPECT_GT(sum[15] / count[15], sum[3] / count[3] + 5);
}

TEST(Telemetry, HasSpikesThatItsStatusTells) {
  const auto rows = AllRows(Month());
  int faults = 0;
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    if (ColumnAs<arrow::StringArray>(*rows, "status").GetView(i) != "fault") continue;
    ++faults;
    const double value = ColumnAs<arrow::DoubleArray>(*rows, "temperature").Value(i);
    EXPECT_GT(std::abs(value - 18), 10) << value;
  }
  EXPECT_NEAR(faults, 20, 15);
}

TEST(Telemetry, HasSilencesOfHours) {
  const auto rows = AllRows(Month());
  std::map<std::string, std::int64_t> last;
  int silences = 0;
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    const auto time = ColumnAs<arrow::TimestampArray>(*rows, "time").Value(i);
    const auto device = ColumnAs<arrow::StringArray>(*rows, "device").GetString(i);
    const auto [known, first] = last.try_emplace(device, time);
    const auto gap = time - known->second;
    EXPECT_LT(gap, 4 * kMicrosAnHour);
    if (gap > 600'000'000) ++silences;
    known->second = time;
  }
  EXPECT_EQ(last.size(), 10U);
  EXPECT_GT(silences, 20);
}

/// The mean temperature of one day of the device that drifts most, at the start and at the end of
/// the time between two calibrations.
TEST(Telemetry, DriftsUntilItIsCalibrated) {
  const auto rows = AllRows(Month());
  double widest = 0;
  std::map<std::string, std::map<std::int64_t, std::pair<double, int>>> days;
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    if (ColumnAs<arrow::StringArray>(*rows, "status").GetView(i) == "fault") continue;
    const auto time = ColumnAs<arrow::TimestampArray>(*rows, "time").Value(i);
    auto& day =
        days[ColumnAs<arrow::StringArray>(*rows, "device").GetString(i)][time / kMicrosAnHour / 24];
    day.first += ColumnAs<arrow::DoubleArray>(*rows, "temperature").Value(i);
    day.second += 1;
  }
  for (const auto& [device, means] : days) {
    double least = 1e9;
    double most = -1e9;
    for (const auto& [day, sum] : means) {
      if (sum.second < 140) continue;  // a whole day, or the pattern would show, not the drift
      least = std::min(least, sum.first / sum.second);
      most = std::max(most, sum.first / sum.second);
    }
    widest = std::max(widest, most - least);
  }
  EXPECT_GT(widest, 0.5);
}

TEST(Telemetry, HearsLittleOfSomeDevicesByItsSkew) {
  auto request = Month();
  request.skew = 1;
  const auto rows = AllRows(request);
  std::map<std::string, int> counts;
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    ++counts[ColumnAs<arrow::StringArray>(*rows, "device").GetString(i)];
  }
  EXPECT_GT(counts["device-0001"], 5 * counts["device-0010"]);
}

}  // namespace
}  // namespace neuralake::generate
