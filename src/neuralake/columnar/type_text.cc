#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/limits.h"
#include "neuralake/columnar/types.h"

namespace neuralake::columnar {
namespace {

using enum TypeId;

struct Alias {
  std::string_view name;
  TypeId id;
};

// What people write beside the names of the type table. `timestamp` is Delta's: an instant.
constexpr std::array kAliases = {
    Alias{"int", kInteger},           Alias{"smallint", kShort},   Alias{"tinyint", kByte},
    Alias{"bigint", kLong},           Alias{"real", kFloat},       Alias{"numeric", kDecimal},
    Alias{"dec", kDecimal},           Alias{"text", kString},      Alias{"varchar", kString},
    Alias{"char", kString},           Alias{"bytes", kBinary},     Alias{"bytea", kBinary},
    Alias{"blob", kBinary},           Alias{"varbinary", kBinary}, Alias{"timestamptz", kTimestamp},
    Alias{"datetime", kTimestampNtz}, Alias{"null", kVoid},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsWordPart(char c) { return IsWordStart(c) || (c >= '0' && c <= '9'); }

std::optional<TypeId> PrimitiveByName(std::string_view lower) {
  for (const auto& row : TypeRows()) {
    if (lower == row.delta_name || lower == row.short_name || lower == Lower(row.sql_name)) {
      // `TIMESTAMP` of SQL is a wall clock, `timestamp` of Delta an instant; Delta's wins.
      return lower == "timestamp" ? kTimestamp : row.id;
    }
  }
  for (const auto& alias : kAliases) {
    if (lower == alias.name) return alias.id;
  }
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<DataType> WholeType() {
    auto type = TRY(Type(0));
    TRY(End());
    return type;
  }

  Result<Schema> WholeDdl() {
    Schema schema;
    if (AtEnd()) return Refuse("a list of columns is empty");
    while (true) {
      schema.fields.push_back(TRY(Column(0, /*colon=*/false)));
      if (!TakeSign(',')) break;
    }
    TRY(End());
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (schema.IndexOf(schema.fields[i].name) != i) {
        return Refuse("column " + schema.fields[i].name + " comes twice");
      }
    }
    return schema;
  }

 private:
  std::unexpected<Error> Refuse(const std::string& what) const {
    return Fail(ErrorKind::kInvalid, fmt::format("{} at offset {} of '{}'", what, at_, text_));
  }

  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool AtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }

  Status End() {
    if (!AtEnd()) return Refuse("unexpected text");
    return {};
  }

  bool TakeSign(char sign) {
    if (AtEnd() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }

  Status Expect(char sign) {
    if (!TakeSign(sign)) return Refuse(fmt::format("expected '{}'", sign));
    return {};
  }

  std::string_view PeekWord() {
    SkipBlanks();
    std::size_t end = at_;
    if (end < text_.size() && IsWordStart(text_[end])) {
      while (end < text_.size() && IsWordPart(text_[end])) ++end;
    }
    return text_.substr(at_, end - at_);
  }

  bool TakeWord(std::string_view lower) {
    const auto word = PeekWord();
    if (Lower(word) != lower) return false;
    at_ += word.size();
    return true;
  }

  Result<std::string> Quoted(char quote) {
    ++at_;
    std::string out;
    while (at_ < text_.size()) {
      if (text_[at_] == quote) {
        ++at_;
        if (at_ == text_.size() || text_[at_] != quote) return out;
      }
      out += text_[at_++];
    }
    return Refuse(fmt::format("no closing {}", quote));
  }

  Result<std::string> Name() {
    SkipBlanks();
    if (at_ < text_.size() && (text_[at_] == '`' || text_[at_] == '"')) {
      auto name = TRY(Quoted(text_[at_]));
      if (name.empty()) return Refuse("an empty name");
      return name;
    }
    const auto word = PeekWord();
    if (word.empty()) return Refuse("expected a name");
    at_ += word.size();
    return std::string(word);
  }

  Result<int> Number() {
    SkipBlanks();
    int number = 0;
    const auto [stop, failure] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (failure != std::errc{}) return Refuse("expected a number");
    at_ = static_cast<std::size_t>(stop - text_.data());
    return number;
  }

  /// `NOT NULL`, for a column, an element or a value.
  Result<bool> Nullable() {
    if (!TakeWord("not")) return true;
    if (!TakeWord("null")) return Refuse("expected NULL after NOT");
    return false;
  }

  Result<Field> Column(std::size_t depth, bool colon) {
    Field field;
    field.name = TRY(Name());
    if (colon) TakeSign(':');
    field.type = TRY(Type(depth));
    field.nullable = TRY(Nullable());
    if (field.nullable) TakeWord("null");
    if (TakeWord("comment")) {
      if (AtEnd() || text_[at_] != '\'') return Refuse("expected a text in single quotes");
      field.metadata["comment"] = JsonString(TRY(Quoted('\'')));
    }
    return field;
  }

  Result<Field> Part(std::string name, std::size_t depth) {
    Field field;
    field.name = std::move(name);
    field.type = TRY(Type(depth));
    field.nullable = TRY(Nullable());
    return field;
  }

  Result<DataType> Type(std::size_t depth) {
    if (depth > kTypeDepthMax) {
      return Refuse(fmt::format("a type nests deeper than {} levels", kTypeDepthMax));
    }
    const auto word = PeekWord();
    const auto start = at_;
    at_ += word.size();
    const std::string lower = Lower(word);
    if (lower == "array") return Array(depth);
    if (lower == "map") return Map(depth);
    if (lower == "struct") return Struct(depth);
    const auto id = PrimitiveByName(lower);
    if (!id) {
      at_ = start;
      return Refuse(word.empty() ? "expected a type" : fmt::format("unknown type {}", word));
    }
    return Primitive(*id, lower);
  }

  Result<DataType> Primitive(TypeId id, const std::string& lower) {
    DataType type{.id = id};
    if (id == kDecimal) return Decimal();
    if (lower == "double") TakeWord("precision");
    if (lower == "varchar" || lower == "char") {
      if (TakeSign('(')) {
        static_cast<void>(TRY(Number()));
        TRY(Expect(')'));
      }
    }
    if (lower == "timestamp" && TakeWord("with")) {
      if (!TakeWord("time") || !TakeWord("zone")) return Refuse("expected TIME ZONE");
    } else if (lower == "timestamp" && TakeWord("without")) {
      if (!TakeWord("time") || !TakeWord("zone")) return Refuse("expected TIME ZONE");
      type.id = kTimestampNtz;
    }
    return type;
  }

  Result<DataType> Decimal() {
    int precision = 10;
    int scale = 0;
    if (TakeSign('(')) {
      precision = TRY(Number());
      if (TakeSign(',')) scale = TRY(Number());
      TRY(Expect(')'));
    }
    if (precision < 1 || precision > kDecimalPrecisionMax || scale < 0 || scale > precision) {
      return Refuse(
          fmt::format("decimal({}, {}) is not a type: precision 1 to {}, scale 0 to "
                      "precision",
                      precision, scale, kDecimalPrecisionMax));
    }
    return DataType{.id = kDecimal,
                    .precision = static_cast<std::uint8_t>(precision),
                    .scale = static_cast<std::uint8_t>(scale)};
  }

  Result<DataType> Array(std::size_t depth) {
    DataType type{.id = kArray};
    TRY(Expect('<'));
    type.children.push_back(TRY(Part("element", depth + 1)));
    TRY(Expect('>'));
    return type;
  }

  Result<DataType> Map(std::size_t depth) {
    DataType type{.id = kMap};
    TRY(Expect('<'));
    type.children.push_back(TRY(Part("key", depth + 1)));
    type.children.back().nullable = false;
    TRY(Expect(','));
    type.children.push_back(TRY(Part("value", depth + 1)));
    TRY(Expect('>'));
    return type;
  }

  Result<DataType> Struct(std::size_t depth) {
    DataType type{.id = kStruct};
    TRY(Expect('<'));
    if (TakeSign('>')) return type;
    while (true) {
      type.children.push_back(TRY(Column(depth + 1, /*colon=*/true)));
      if (!TakeSign(',')) break;
    }
    TRY(Expect('>'));
    return type;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string QuoteName(const std::string& name) {
  const bool plain = !name.empty() && IsWordStart(name[0]) && std::ranges::all_of(name, IsWordPart);
  if (plain) return name;
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + '`';
}

std::string FormatPart(const Field& field) {
  return FormatType(field.type) + (field.nullable ? "" : " not null");
}

}  // namespace

Result<DataType> ParseType(std::string_view text) { return Parser(text).WholeType(); }

Result<Schema> ParseDdl(std::string_view text) { return Parser(text).WholeDdl(); }

std::string FormatType(const DataType& type) {
  switch (type.id) {
    case kDecimal:
      return fmt::format("decimal({}, {})", type.precision, type.scale);
    case kArray:
      return "array<" + FormatPart(type.children[0]) + ">";
    case kMap:
      return "map<" + FormatType(type.children[0].type) + ", " + FormatPart(type.children[1]) + ">";
    case kStruct: {
      std::string out = "struct<";
      for (const auto& field : type.children) {
        if (out.back() != '<') out += ", ";
        out += QuoteName(field.name) + ": " + FormatPart(field);
      }
      return out + ">";
    }
    default:
      return std::string(Row(type.id).short_name);
  }
}

}  // namespace neuralake::columnar
