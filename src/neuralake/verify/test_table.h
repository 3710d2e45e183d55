#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "neuralake/storage/memory_store.h"
#include "neuralake/verify/verify.h"

namespace neuralake::verify {

/// A table in memory that tests write by hand, right or wrong.
class TestTable {
 public:
  TestTable();

  /// Store `lines` as the next version.
  TestTable& Commit(const std::vector<std::string>& lines);
  /// Store `bytes` below the table.
  void Put(const std::string& key, const std::string& bytes);
  void PutLines(const std::string& key, const std::vector<std::string>& lines);
  void Delete(const std::string& key);
  std::string Read(const std::string& key);

  /// Store a Parquet file of the rows that `json` has, and give its size. A row is a list of
  /// values, a map a list of pairs.
  std::size_t PutParquet(const std::string& key, const std::shared_ptr<arrow::Schema>& schema,
                         const std::string& json);

  /// Verify, and give the names of the rules that were broken.
  std::set<std::string> Rules(const VerifyOptions& options = {});
  Result<Report> Run(const VerifyOptions& options = {});

  /// Every rule that any table of this process broke.
  static std::set<std::string>& Seen();

 private:
  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::int64_t next_ = 0;
};

/// Names of log files.
std::string CommitKey(std::int64_t version);
std::string LogKey(std::int64_t version, const std::string& suffix);

// Lines of a commit.
std::string Protocol(int reader = 1, int writer = 2, const std::string& lists = "");
/// \param fields         of the schema, as JSON with commas between
/// \param configuration  members of it
std::string Metadata(const std::string& fields = "", const std::string& partition = "",
                     const std::string& configuration = "");
/// A column of the schema.
std::string Column(const std::string& name, const std::string& type, bool nullable = true,
                   const std::string& metadata = "");
/// \param more  members besides path, partitionValues (if there are none in it), size, time, change
std::string AddLine(const std::string& path, std::size_t size, const std::string& more = "");
std::string RemoveLine(const std::string& path, const std::string& more = "");
/// `"stats":"…"` of the JSON `text`.
std::string Stats(const std::string& text);

/// Columns `id long` and `name string`.
std::shared_ptr<arrow::Schema> IdAndName();

/// A table of one version and one file, `a.parquet`, of `[1, "x"], [2, null], [3, "z"]`.
/// \param stats  of the file
void MakeSmall(TestTable& table, const std::string& more = "");

/// Statistics that are right for the file of `MakeSmall`.
inline constexpr const char* kSmallStats =
    R"({"numRecords":3,"minValues":{"id":1,"name":"x"},"maxValues":{"id":3,"name":"z"},"nullCount":{"id":0,"name":1}})";

}  // namespace neuralake::verify
