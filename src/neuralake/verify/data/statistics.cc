#include "neuralake/verify/data/statistics.h"

#include <charconv>

#include <fmt/format.h>

namespace neuralake::verify {
namespace {

class Handler final : public nlohmann::json_sax<Json> {
 public:
  Statistics statistics;
  std::string fault;

  bool null() override { return true; }
  bool boolean(bool value) override {
    if (lists_ == 0 && path_.size() == 1 && path_[0] == "tightBounds") statistics.tight = value;
    return Value({value ? "true" : "false"});
  }
  bool number_integer(std::int64_t value) override { return Value({std::to_string(value)}); }
  bool number_unsigned(std::uint64_t value) override { return Value({std::to_string(value)}); }
  bool number_float(double, const std::string& text) override { return Value({text}); }
  bool string(std::string& text) override { return Value({text, true}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (lists_ == 0) in_object_ = true;
    path_.emplace_back();
    return true;
  }
  bool key(std::string& name) override {
    path_.back() = name;
    return true;
  }
  bool end_object() override {
    path_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override {
    ++lists_;
    return true;
  }
  bool end_array() override {
    --lists_;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception&) override {
    fault = fmt::format("it is no JSON at {}", at);
    return false;
  }

  bool is_object() const { return in_object_; }

 private:
  bool Wrong(std::string message) {
    fault = std::move(message);
    return false;
  }

  bool Value(Scalar scalar) {
    if (lists_ > 0 || path_.empty()) return true;
    const std::string& section = path_[0];
    if (section == "numRecords") {
      return path_.size() != 1 || Count(scalar, statistics.num_records.emplace(-1));
    }
    const ColumnPath column(path_.begin() + 1, path_.end());
    if (column.empty()) return true;
    if (section == "nullCount") return Count(scalar, statistics.null_count[column]);
    if (section == "minValues") statistics.min[column] = std::move(scalar);
    if (section == "maxValues") statistics.max[column] = std::move(scalar);
    return true;
  }

  bool Count(const Scalar& scalar, std::int64_t& count) {
    const char* end = scalar.text.data() + scalar.text.size();
    const auto [stop, failure] = std::from_chars(scalar.text.data(), end, count);
    if (scalar.quoted || failure != std::errc{} || stop != end || count < 0) {
      return Wrong(fmt::format("{} is no count", fmt::join(path_, ".")));
    }
    return true;
  }

  ColumnPath path_;
  bool in_object_ = false;
  int lists_ = 0;
};

}  // namespace

Result<Statistics> ParseStatistics(std::string_view text) {
  if (!IsShallow(text)) return Fail(ErrorKind::kCorruption, "it is nested too deep");
  Handler handler;
  const bool whole = Json::sax_parse(text.begin(), text.end(), &handler);
  if (!whole) return Fail(ErrorKind::kCorruption, handler.fault);
  if (!handler.is_object()) return Fail(ErrorKind::kCorruption, "it is no JSON object");
  return std::move(handler.statistics);
}

}  // namespace neuralake::verify
