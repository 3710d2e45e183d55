#include "neuralake/site/facts/partitions.h"

#include <algorithm>
#include <utility>

#include "neuralake/site/limits.h"

namespace neuralake::site {

void PartitionCount::Add(Values values, std::int64_t bytes, std::optional<std::int64_t> rows) {
  auto [place, fresh] = partitions_.try_emplace(values);
  PartitionFacts& partition = place->second;
  if (fresh) {
    partition.values = std::move(values);
    partition.rows = 0;
  }
  ++partition.files;
  partition.bytes += bytes;
  // One file that does not say makes the sum unknown.
  partition.rows = partition.rows && rows ? std::optional(*partition.rows + *rows) : std::nullopt;
}

void PartitionCount::Fill(TableFacts& facts) const {
  facts.partitions_total = partitions_.size();
  facts.partitions.clear();
  for (const auto& [values, partition] : partitions_) facts.partitions.push_back(partition);
  std::ranges::stable_sort(facts.partitions, std::greater(), &PartitionFacts::bytes);
  if (facts.partitions.size() > kPartitionsMax) facts.partitions.resize(kPartitionsMax);
}

}  // namespace neuralake::site
