#include "neuralake/maintain/compaction_plan.h"

#include <algorithm>
#include <functional>
#include <map>

#include "neuralake/maintain/limits.h"

namespace neuralake::maintain {
namespace {

bool IsSmall(const FileFacts& file, const CompactionOptions& options) {
  return static_cast<double>(file.size) < kFullShare * static_cast<double>(options.target_bytes);
}

bool IsWorn(const FileFacts& file) { return file.deleted_share >= kDeletedShareMin; }

struct Bin {
  Rewrite rewrite;
  bool worn = false;
};

/// Leave out what is larger than all smaller files together.
void DropDominant(std::vector<const FileFacts*>& files) {
  std::vector<const FileFacts*> by_size = files;
  std::ranges::stable_sort(by_size, std::greater{}, &FileFacts::size);
  std::int64_t left = 0;
  for (const auto* file : files) left += file->size;
  std::int64_t largest = INT64_MAX;
  for (const auto* file : by_size) {
    largest = file->size;
    if (largest <= left - largest) break;
    left -= largest;
  }
  std::erase_if(files,
                [&](const FileFacts* file) { return file->size > largest && !IsWorn(*file); });
}

/// Cut the files of one partition into bins of at most the target.
std::vector<Bin> Pack(const std::vector<const FileFacts*>& files,
                      const CompactionOptions& options) {
  std::vector<Bin> bins;
  for (const auto* file : files) {
    const bool full = bins.empty() ||
                      bins.back().rewrite.bytes + file->size > options.target_bytes ||
                      bins.back().rewrite.files.size() >= kFilesPerRewriteMax;
    if (full) bins.emplace_back();
    bins.back().rewrite.files.push_back(file->number);
    bins.back().rewrite.bytes += file->size;
    bins.back().worn = bins.back().worn || IsWorn(*file);
  }
  return bins;
}

}  // namespace

std::vector<Rewrite> PlanCompaction(std::span<const FileFacts> files,
                                    const CompactionOptions& options) {
  std::map<std::string_view, std::vector<const FileFacts*>> partitions;
  for (const auto& file : files) {
    const bool candidate = IsSmall(file, options) || IsWorn(file);
    if (candidate && file.modification_time <= options.newest) {
      partitions[file.partition].push_back(&file);
    }
  }
  std::vector<Rewrite> plan;
  for (auto& [partition, candidates] : partitions) {
    DropDominant(candidates);
    std::ranges::stable_sort(candidates, {}, &FileFacts::modification_time);
    const bool enough = candidates.size() >= options.files_min;
    for (auto& bin : Pack(candidates, options)) {
      const bool merges = enough && bin.rewrite.files.size() > 1;
      if (merges || bin.worn) plan.push_back(std::move(bin.rewrite));
    }
  }
  return plan;
}

}  // namespace neuralake::maintain
