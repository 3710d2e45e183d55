#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace neuralake::ingest {

/// The values of a column, or of a field of a nested one, while rows are decoded.
///
/// Unlike a builder of Arrow's it can take values back, so that a row that turns out bad half way
/// leaves nothing behind. Each `Append…` adds exactly one value or, with an error, nothing.
/// \errors of all `Append…`: kInvalid, says what does not fit the declared type
/// \threads one thread at a time
class Column {
 public:
  enum class Shape : std::uint8_t { kScalar, kStruct, kArray, kMap };

  /// An empty column for `field`.
  /// \errors kUnsupported  a type that events cannot fill, by name
  static Result<std::unique_ptr<Column>> Make(const columnar::Field& field);

  Column(columnar::Field field, Shape shape) : field_(std::move(field)), shape_(shape) {}
  virtual ~Column() = default;

  /// A string of JSON or a cell of CSV: text, or a number, boolean, date, time or base64 as text.
  virtual Status AppendText(std::string_view text);
  /// A number as it was written.
  virtual Status AppendNumber(std::string_view text);
  virtual Status AppendBoolean(bool value);
  Status AppendNull();
  /// What stands inside a null struct: null, or some value where there must be one.
  void AppendBlank();

  std::size_t length() const { return valid_.size(); }
  /// Take back all values from the `length`-th on.
  void Truncate(std::size_t length);

  /// The values so far as an Arrow array of `type`, which is Arrow's form of the field's type. The
  /// column is empty afterwards.
  std::shared_ptr<arrow::Array> Finish(const std::shared_ptr<arrow::DataType>& type);

  const columnar::Field& field() const { return field_; }
  Shape shape() const { return shape_; }

 protected:
  Status Valid() {
    valid_.push_back(1);
    return {};
  }
  /// `'abc' is no int32`, with a text too long for a message cut.
  std::unexpected<Error> Unfit(std::string_view text) const;

  /// The parts of Arrow's form; `valid` is its validity bitmap, null when all are valid.
  virtual std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                             std::string valid, std::int64_t nulls) = 0;
  /// Take back to `length` values, all of them counted, nulls too.
  virtual void Cut(std::size_t length) = 0;
  /// Put what stands in the place of a null.
  virtual void Blank() = 0;

 private:
  const columnar::Field field_;
  const Shape shape_;
  std::vector<std::uint8_t> valid_;
};

/// A struct: also the row as a whole.
class StructColumn final : public Column {
 public:
  explicit StructColumn(columnar::Field field) : Column(std::move(field), Shape::kStruct) {}
  static Result<std::unique_ptr<StructColumn>> Make(const columnar::Field& field);

  std::size_t count() const { return children_.size(); }
  Column& child(std::size_t i) { return *children_[i]; }
  /// The member called `name`: as written, else without case as Delta compares; -1 without one.
  std::ptrdiff_t Find(std::string_view name) const;

  /// Add one value whose members are already in the children, or are missing: those become null.
  /// \errors kInvalid  a missing one must not be null
  Status Close();

 protected:
  std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                     std::string valid, std::int64_t nulls) override;
  void Cut(std::size_t length) override;
  void Blank() override;

 private:
  std::vector<std::unique_ptr<Column>> children_;
  std::unordered_map<std::string_view, std::size_t> names_;
};

/// An array or, with a struct of key and value inside, a map.
class ListColumn final : public Column {
 public:
  ListColumn(columnar::Field field, Shape shape) : Column(std::move(field), shape) {}
  static Result<std::unique_ptr<ListColumn>> Make(const columnar::Field& field);

  Column& element() { return *children_[0]; }
  Column& key() { return *children_[0]; }
  Column& value() { return *children_[1]; }

  /// Add one value: the elements that were appended since the last.
  Status Close();

 protected:
  std::shared_ptr<arrow::Array> Take(const std::shared_ptr<arrow::DataType>& type,
                                     std::string valid, std::int64_t nulls) override;
  void Cut(std::size_t length) override;
  void Blank() override;

 private:
  std::vector<std::unique_ptr<Column>> children_;
  std::vector<std::int32_t> ends_;
};

}  // namespace neuralake::ingest
